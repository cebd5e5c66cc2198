import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blake3 } from '@napi-rs/blake-hash';
import { describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { onnxReader } from './onnx';
import { pytorchReader, readPytorch } from './pytorch';
import { safetensorsReader } from './safetensors';
import { faults } from './testing/pytorch-read';

const shared = join(import.meta.dirname, '../../../../../shared/data');
const manifest = join(shared, 'MANIFEST.json');
describe.skipIf(!existsSync(manifest))('the shared PyTorch files', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
    readonly tensors: number;
    readonly dtypes: Record<string, number>;
    readonly tensor_bytes: number;
  }
  const content = existsSync(manifest) ? readFileSync(manifest, 'utf8') : '[]';
  const all = JSON.parse(content) as Listed[];
  const listed = all.filter(({ format }) => /^torch/.test(format));

  for (const { file, tensors, dtypes, tensor_bytes } of listed) {
    it(`${file}: ${tensors} tensors`, () => {
      const source = openByteSource(join(shared, file));
      const header = readPytorch(source);
      if (header === undefined) throw new Error('not recognised');
      source.close();
      const counts: Record<string, number> = {};
      for (const { dtype } of header.tensors) counts[dtype] = (counts[dtype] ?? 0) + 1;
      expect(header.tensors).toHaveLength(tensors);
      expect(counts).toEqual(dtypes);
      expect(faults(header, source.size)).toEqual([]);
      const bytes = header.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(bytes).toBe(tensor_bytes);
      expect(header.tensors.every(({ encoding }) => encoding === 'raw')).toBe(true);
    });
  }

  /** BLAKE3 of every tensor's bytes, empty ones and scalars left out. */
  function hashes(file: string): Set<string> {
    const path = join(shared, 'silero_v5_v6', file);
    const bytes = readFileSync(path);
    const source = memoryByteSource(path, bytes);
    const readers = [pytorchReader, safetensorsReader, onnxReader];
    const header = readers
      .map((reader) => reader.read(source))
      .find((found) => found !== undefined);
    const own = (header?.tensors ?? []).filter(({ byteLength }) => byteLength > 8);
    return new Set(
      own.map(({ offset, byteLength }) =>
        blake3(bytes.subarray(offset, offset + byteLength)).toString('hex'),
      ),
    );
  }

  /** How many distinct tensors two Silero files have in common. */
  function common(one: string, other: string): number {
    const theirs = hashes(other);
    return [...hashes(one)].filter((hash) => theirs.has(hash)).length;
  }

  it.each([
    ['data__silero_vad@2024-07-09-f0d880d', 'data__silero_vad_16k_op15@2024-11-13-d2ab7c2.onnx'],
    ['data__silero_vad@2025-11-06-bfdc019', 'data__silero_vad_16k_op15@2025-11-06-bfdc019.onnx'],
  ])(
    '%s: all tensors of the TorchScript file are in the ONNX file of the same day',
    (stem, half) => {
      const jit = `${stem}.jit`;
      expect(hashes(jit).size).toBe(28);
      expect(common(jit, `${stem}.onnx`)).toBe(28);
      // The ONNX file for 16 kHz alone has one of the two networks.
      expect(common(jit, half)).toBe(14);
    },
  );

  it('the safetensors file of Silero, of another training, has the STFT basis of all others', () => {
    const other = 'silero_vad_16k.safetensors';
    for (const { file, format } of all.filter(({ file }) => file.startsWith('silero_v5_v6/'))) {
      const name = file.slice('silero_v5_v6/'.length);
      if (name !== other) expect([format, common(other, name)]).toEqual([format, 1]);
    }
  });
});
