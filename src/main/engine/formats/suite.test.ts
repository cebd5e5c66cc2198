import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { readers, readHeader, readHeaderFrom } from './index';
import type { ByteSource } from './reader';
import { scratchFolder } from './testing/cases';
import { faultsOf } from './testing/faults';
import { formatSamples, type Sample } from './testing/samples';

const scratch = scratchFolder('suite');
afterAll(scratch.remove);

const memory = ({ file, bytes }: Sample) => memoryByteSource(file, bytes);

/** A source that ends at `size`. */
function cutSource(source: ByteSource, size: number): ByteSource {
  return {
    path: source.path,
    size,
    get bytesRead() {
      return source.bytesRead;
    },
    read(offset, length) {
      if (offset + length <= size) return source.read(offset, length);
      throw new FormatError(source.path, offset, `${length} bytes`, 'the end of the file');
    },
  };
}

/** `refused`, or what a source is read as. */
function outcomeOf(source: ByteSource): string {
  try {
    const { format, opaqueReason } = readHeaderFrom(source);
    return format === 'opaque' && opaqueReason !== undefined ? 'unknown' : 'readable';
  } catch (error) {
    if (error instanceof FormatError) return 'refused';
    throw error;
  }
}

const names: readonly (readonly [what: string, name: string])[] = [
  ['markup', '<img src=x onerror=alert(1)>&amp;"\''],
  ['control characters', 'a\u0001\u001b[31m\u007f\u0085b'],
  ['right-to-left', '\u202eabc\u05d0\u2066'],
  ['emoji and combining marks', '\u{1f9e0}e\u0301'],
  ['__proto__', '__proto__'],
];

for (const { label, reader, small, large, named } of formatSamples) {
  describe(`the reader of ${label}`, () => {
    it('opens a large file by reading under 1% of it, and its ranges tile the file', () => {
      const path = join(scratch.folder, large.file);
      large.write(path);
      const source = openByteSource(path);
      try {
        const header = reader.read(source);
        expect(header?.format).toBe(reader.format);
        expect(header?.tensors).toHaveLength(large.tensors);
        expect(source.size).toBeGreaterThan(4 * 2 ** 30);
        expect(source.bytesRead / source.size).toBeLessThan(0.01);
        expect(source.bytesRead).toBeLessThan(1_000_000);
        expect(header && faultsOf(header, source.size)).toEqual([]);
        expect(header && readHeader(path)).toEqual(header);
        for (const { offset, byteLength } of header?.tensors ?? []) {
          for (const end of [offset, offset + byteLength - 1]) {
            expect([end, outcomeOf(cutSource(source, end))]).toEqual([end, 'refused']);
          }
        }
      } finally {
        source.close();
      }
    });

    for (const sample of small) {
      const { file, bytes, tensors, cut } = sample;
      it(`reads ${file} twice the same, its ranges tile it, and the readers asked agree`, () => {
        const header = reader.read(memory(sample));
        expect(header?.format).toBe(reader.format);
        expect(header?.tensors).toHaveLength(tensors);
        expect(header && faultsOf(header, bytes.length)).toEqual([]);
        expect(reader.read(memory(sample))).toEqual(header);
        expect(readHeaderFrom(memory(sample))).toEqual(header);
        expect(readHeader(scratch.write(file, bytes))).toEqual(header);
      });

      it(`refuses ${file} cut at any byte, every boundary of its structure among them`, () => {
        const wrong: string[] = [];
        for (let length = 0; length < bytes.length; length += 1) {
          const source = memoryByteSource(file, bytes.subarray(0, length));
          const found = outcomeOf(source);
          const expected = cut?.(length) ?? 'refused';
          if (found !== expected) wrong.push(`${length}: ${found}, not ${expected}`);
        }
        expect(wrong).toEqual([]);
      });
    }

    const longest = ['the longest', 'n'.repeat(named.longest)] as const;
    for (const [what, name] of [...names, longest]) {
      it(`carries a name unchanged: ${what}`, () => {
        const sample = named.of(name);
        const found = reader.read(memory(sample))?.tensors.map((tensor) => tensor.name);
        expect(found).toHaveLength(1);
        expect(found?.[0] === name).toBe(true);
      });
    }
  });
}

describe('no reader', () => {
  for (const reader of new Set(readers)) {
    it(`takes another format's file for its own: ${reader.format}`, () => {
      const others = formatSamples.filter((samples) => samples.reader !== reader);
      const taken = others.flatMap(({ small }) =>
        small.flatMap((sample) => {
          const blob = { ...sample, file: 'blob' };
          const found = [sample, blob].filter((one) => reader.read(memory(one)) !== undefined);
          return found.map(({ file }) => file);
        }),
      );
      expect(others.length).toBeGreaterThan(4);
      expect(taken).toEqual([]);
    });
  }

  it('is left out of this suite', () => {
    expect(new Set(formatSamples.map(({ reader }) => reader))).toEqual(new Set(readers));
  });
});
