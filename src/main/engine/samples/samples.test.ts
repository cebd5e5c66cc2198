import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleFamily, writeSamples } from './index';
import { BLOCK_VALUES } from './random';
import { floatsOf, modelOf, type ReadTensor, readTensors, treeDigest } from './test-support';
import { blockMaker } from './weights';

const SIZE = 4_000_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-samples-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the sample family', () => {
  it('is the same to the byte every time, and equals the golden digest of its seed', async () => {
    const [first, second] = [join(folder, 'a'), join(folder, 'b')];
    await writeSamples(first, { size: 1_000_000, seed: 5 });
    await writeSamples(second, { size: 1_000_000, seed: 5 });
    const digest = await treeDigest(first);
    expect(await treeDigest(second)).toBe(digest);
    expect(digest).toBe('7e363bddccedfa665020189ccfaaf28acfd07a0e52c2167fce214a2c379ac475');
  });

  it('differs with the seed in every weight file', async () => {
    const [first, second] = [join(folder, 'a'), join(folder, 'b')];
    const { family } = await writeSamples(first, { size: 1_000_000, seed: 5 });
    await writeSamples(second, { size: 1_000_000, seed: 6 });
    for (const file of family.models.flatMap((m) => m.files)) {
      if (!file.path.endsWith('.safetensors')) continue;
      const a = await readFile(join(first, file.path));
      const b = await readFile(join(second, file.path));
      expect(a.subarray(file.size / 2).equals(b.subarray(file.size / 2)), file.path).toBe(false);
    }
  });

  it('describes exactly the files that it writes', async () => {
    const { family, written } = await writeSamples(folder, { size: SIZE });
    const files = family.models.flatMap((model) => model.files);
    expect([...written].sort()).toEqual(files.map((file) => file.path).sort());
    for (const file of files) expect((await stat(join(folder, file.path))).size).toBe(file.size);
    const onDisk = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) =>
      e.isFile(),
    );
    expect(onDisk).toHaveLength(files.length);
    expect(family.totalBytes).toBe(files.reduce((sum, file) => sum + file.size, 0));
  });

  it('is by default of 30 to 60 MB with tensors over 1 MiB', () => {
    const family = sampleFamily();
    expect(family.totalBytes).toBeGreaterThan(30e6);
    expect(family.totalBytes).toBeLessThan(60e6);
    const { hidden, vocabulary } = family.architecture;
    expect(hidden * vocabulary * 2).toBeGreaterThan(1 << 20);
  });

  it.each([1e7, 5e7, 3e8, 2e9, 4e9, 1e11])(
    'comes close below %d bytes when asked for them',
    (size) => {
      const { totalBytes } = sampleFamily(size);
      expect(totalBytes).toBeLessThanOrEqual(size);
      expect(totalBytes).toBeGreaterThan(size * 0.85);
    },
  );

  it('lays tensors out without gaps up to the end of the file, values aligned to 8 bytes', async () => {
    await writeSamples(folder, { size: 1_000_000 });
    const bytes = await readFile(join(folder, 'nova-original.safetensors'));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const { __metadata__, ...tensors } = JSON.parse(
      bytes.toString('utf8', 8, 8 + length),
    ) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
    expect(__metadata__).toMatchObject({ format: 'pt' });
    let at = 0;
    for (const { dtype, shape, data_offsets } of Object.values(tensors)) {
      expect(dtype).toBe('BF16');
      expect(data_offsets[0]).toBe(at);
      at += 2 * shape.reduce((product, side) => product * side, 1);
      expect(data_offsets[1]).toBe(at);
    }
    expect(8 + length + at).toBe(bytes.length);
  });

  it('shards the base with an index that names the shard of every tensor', async () => {
    await writeSamples(folder, { size: SIZE });
    const index = JSON.parse(
      await readFile(join(folder, 'nova-base/model.safetensors.index.json'), 'utf8'),
    ) as { metadata: { total_size: number }; weight_map: Record<string, string> };
    const tensors = await readTensors(folder, modelOf('nova-base', SIZE));
    expect(Object.keys(index.weight_map).sort()).toEqual([...tensors.keys()].sort());
    const bytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    expect(index.metadata.total_size).toBe(bytes);
    expect(new Set(Object.values(index.weight_map)).size).toBe(2);
    for (const file of modelOf('nova-base', SIZE).files) {
      if (file.kind !== 'weights') continue;
      for (const tensor of file.tensors) {
        expect(`nova-base/${index.weight_map[tensor.name]}`).toBe(file.path);
      }
    }
  });
});

describe('relations within the family', () => {
  const load = async (name: string) => readTensors(folder, modelOf(name, SIZE));
  const equalNames = (a: Map<string, ReadTensor>, b: Map<string, ReadTensor>) =>
    [...a].filter(([name, t]) => b.get(name)?.bytes.equals(t.bytes)).map(([name]) => name);

  beforeEach(async () => {
    await writeSamples(folder, { size: SIZE });
  });

  it('the instruct model differs from the base in every attention weight and nowhere else', async () => {
    const base = await load('nova-base');
    const same = equalNames(base, await load('nova-instruct'));
    const others = [...base.keys()].filter((name) => !name.includes('self_attn'));
    expect(same).toEqual(others);
  });

  it('the fully tuned model shares no tensor with the base and stays within a few percent', async () => {
    const base = await load('nova-base');
    const code = await load('nova-code');
    expect(equalNames(base, code)).toEqual([]);
    for (const [name, tensor] of base) {
      const from = floatsOf(tensor);
      const to = floatsOf(code.get(name) ?? tensor);
      const change = from.reduce((sum, v, i) => sum + (v - (to[i] ?? 0)) ** 2, 0);
      const size = from.reduce((sum, v) => sum + v * v, 0);
      expect(Math.sqrt(change / size), name).toBeLessThan(0.03);
    }
  });

  it('the merged model differs in queries and values by a matrix of rank 8', async () => {
    const base = await load('nova-base');
    const merged = await load('nova-poet-merged');
    const changed = [...base.keys()].filter((n) => n.includes('q_proj') || n.includes('v_proj'));
    const same = equalNames(base, merged);
    expect([...base.keys()].filter((name) => !same.includes(name))).toEqual(changed);
    const tensor = sampleFamily(SIZE)
      .models.flatMap((m) => m.files)
      .flatMap((f) => (f.kind === 'weights' ? f.tensors : []))
      .find((t) => t.recipe.kind === 'low-rank');
    if (tensor?.recipe.kind !== 'low-rank') throw new Error('no low-rank tensor');
    const [rows = 0, columns = 0] = tensor.shape;
    const updated = new Float32Array(BLOCK_VALUES);
    const before = new Float32Array(BLOCK_VALUES);
    blockMaker(tensor)(0, updated);
    blockMaker({ ...tensor, recipe: { kind: 'base', seed: tensor.recipe.seed } })(0, before);
    const matrix = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => {
        const at = r * columns + c;
        return (updated[at] ?? 0) - (before[at] ?? 0);
      }),
    );
    expect(rankOf(matrix, 1e-5)).toBe(8);
  });

  it('the fp16 model holds the base rounded to 16-bit floats', async () => {
    const base = await load('nova-base');
    const cast = await load('nova-base-fp16');
    for (const [name, tensor] of base) {
      const half = cast.get(name);
      if (half === undefined) throw new Error(`${name} missing`);
      expect(half.dtype).toBe('F16');
      const want = floatsOf(tensor);
      const got = floatsOf(half);
      const wrong = want.findIndex((v, i) => Math.abs(v - (got[i] ?? Number.NaN)) > 2 ** -25);
      expect(wrong, name).toBe(-1);
    }
  });

  it('the checkpoint holds 32-bit masters whose bfloat16 rounding is the base, and Adam state', async () => {
    const base = await load('nova-base');
    const checkpoint = await load('nova-checkpoint-2000');
    expect(checkpoint.size).toBe(base.size * 4);
    for (const [name, tensor] of base) {
      const master = checkpoint.get(name);
      if (master === undefined) throw new Error(`${name} missing`);
      const words = new Uint32Array(Uint8Array.from(master.bytes).buffer);
      const rounded = Uint16Array.from(words, (w) => (w + 0x7fff + ((w >>> 16) & 1)) >>> 16);
      expect(Buffer.from(rounded.buffer).equals(tensor.bytes), name).toBe(true);
      expect(words.filter((w) => (w & 0xffff) !== 0).length).toBeGreaterThan(words.length * 0.99);
      const squares = checkpoint.get(`optimizer.state.${name}.exp_avg_sq`);
      expect(squares?.shape).toEqual(tensor.shape);
      if (squares) expect(floatsOf(squares).every((v) => v > 0)).toBe(true);
      const step = checkpoint.get(`optimizer.state.${name}.step`);
      expect(step?.shape).toEqual([]);
      if (step) expect(floatsOf(step)[0]).toBe(2000);
    }
  });

  it('the renamed copy has the same bytes under other names', async () => {
    const base = await load('nova-base');
    const copy = await load('nova-original');
    expect([...copy.values()].map((t) => t.bytes.toString('hex').slice(0, 64))).toEqual(
      [...base.values()].map((t) => t.bytes.toString('hex').slice(0, 64)),
    );
    expect([...copy.keys()].filter((name) => base.has(name))).toEqual([]);
  });

  it('the unrelated model has the same names and shapes and no equal tensor', async () => {
    const base = await load('nova-base');
    const other = await load('quasar-base');
    expect([...other].map(([n, t]) => [n, t.shape])).toEqual(
      [...base].map(([n, t]) => [n, t.shape]),
    );
    expect(equalNames(base, other)).toEqual([]);
  });
});

/** Rank by Gaussian elimination with full pivoting, relative to the largest pivot. */
function rankOf(rows: number[][], tolerance: number): number {
  let first = 0;
  for (let rank = 0; rank < rows.length; rank++) {
    let best = { row: rank, column: 0, size: 0 };
    for (let row = rank; row < rows.length; row++) {
      rows[row]?.forEach((value, column) => {
        if (Math.abs(value) > best.size) best = { row, column, size: Math.abs(value) };
      });
    }
    if (rank === 0) first = best.size;
    if (best.size <= first * tolerance) return rank;
    const pivot = rows[best.row] ?? [];
    rows[best.row] = rows[rank] ?? [];
    rows[rank] = pivot;
    for (let row = rank + 1; row < rows.length; row++) {
      const line = rows[row] ?? [];
      const factor = (line[best.column] ?? 0) / (pivot[best.column] ?? 1);
      for (let c = 0; c < line.length; c++) line[c] = (line[c] ?? 0) - factor * (pivot[c] ?? 0);
      line[best.column] = 0;
    }
  }
  return rows.length;
}
