import { createHash } from 'node:crypto';
import {
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { architectureFor, parametersOf } from './architecture';
import { f16Bits } from './dtypes';
import { ForeignFileError, type SampleModel, sampleFamily, writeSamples } from './index';
import { BLOCK_VALUES, fillNormal, keyOf, normals } from './random';
import { blockMaker } from './weights';

const SIZE = 4_000_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-samples-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface ReadTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** All tensors of a model, read without the code under test. */
async function readTensors(root: string, model: SampleModel): Promise<Map<string, ReadTensor>> {
  const tensors = new Map<string, ReadTensor>();
  for (const { path } of model.files.filter((file) => file.path.endsWith('.safetensors'))) {
    const bytes = await readFile(join(root, path));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    for (const [name, entry] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const [begin, end] = entry.data_offsets;
      const slice = bytes.subarray(8 + length + begin, 8 + length + end);
      tensors.set(name, { dtype: entry.dtype, shape: entry.shape, bytes: slice });
    }
  }
  return tensors;
}

const modelOf = (name: string, size = SIZE): SampleModel => {
  const model = sampleFamily(size).models.find((candidate) => candidate.name === name);
  if (model === undefined) throw new Error(`no sample ${name}`);
  return model;
};

function floatsOf({ dtype, bytes }: ReadTensor): Float32Array {
  if (dtype === 'F32') return new Float32Array(Uint8Array.from(bytes).buffer);
  const halves = new Uint16Array(Uint8Array.from(bytes).buffer);
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
  return Float32Array.from(halves, (half) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half & 0x8000 ? -magnitude : magnitude;
  });
}

function moments(values: Float32Array) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((sum, v) => sum + (v - mean) ** 4, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), kurtosis: fourth / variance ** 2 };
}

async function treeDigest(root: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(root, { recursive: true })).sort();
  for (const name of names) {
    if (!(await stat(join(root, name))).isFile()) continue;
    hash.update(`${name}\n`).update(await readFile(join(root, name)));
  }
  return hash.digest('hex');
}

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
    const tensors = await readTensors(folder, modelOf('nova-base'));
    expect(Object.keys(index.weight_map).sort()).toEqual([...tensors.keys()].sort());
    const bytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    expect(index.metadata.total_size).toBe(bytes);
    expect(new Set(Object.values(index.weight_map)).size).toBe(2);
    for (const file of modelOf('nova-base').files) {
      if (file.kind !== 'weights') continue;
      for (const tensor of file.tensors) {
        expect(`nova-base/${index.weight_map[tensor.name]}`).toBe(file.path);
      }
    }
  });
});

describe('relations within the family', () => {
  const load = async (name: string) => readTensors(folder, modelOf(name));
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

describe('weight statistics', () => {
  it('are bell-shaped: deviation 1, mean 0, tails a little heavier than normal', () => {
    const values = normals(keyOf(1, 'test'), 1_000_000);
    const { mean, deviation, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.01);
    expect(kurtosis).toBeGreaterThan(3.3);
    expect(kurtosis).toBeLessThan(4.5);
    expect(values.every((v) => Math.abs(v) < 8)).toBe(true);
    const inside = values.filter((v) => Math.abs(v) < 1).length / values.length;
    expect(inside).toBeGreaterThan(0.66);
    expect(inside).toBeLessThan(0.74);
  });

  it('keep independent streams apart and repeat none of their blocks', () => {
    const one = new Float32Array(4096);
    const two = new Float32Array(4096);
    const correlation = () => one.reduce((sum, v, i) => sum + v * (two[i] ?? 0), 0) / 4096;
    fillNormal(one, keyOf(1, 'a'), 0, 4096);
    fillNormal(two, keyOf(1, 'a'), 1, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
    fillNormal(two, keyOf(1, 'b'), 0, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
    fillNormal(two, keyOf(2, 'a'), 0, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
  });

  it('put norms near 1 and give linear weights outlier columns', async () => {
    await writeSamples(folder, { size: SIZE });
    const base = await readTensors(folder, modelOf('nova-base'));
    const norm = base.get('model.layers.0.input_layernorm.weight');
    const query = base.get('model.layers.0.self_attn.q_proj.weight');
    if (norm === undefined || query === undefined) throw new Error('missing');
    expect(Math.abs(moments(floatsOf(norm)).mean - 1)).toBeLessThan(0.1);
    const [rows = 0, columns = 0] = query.shape;
    const values = floatsOf(query);
    const power = Array.from({ length: columns }, (_, c) => {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += (values[r * columns + c] ?? 0) ** 2;
      return Math.sqrt(sum / rows);
    }).sort((a, b) => b - a);
    const median = power[columns >> 1] ?? 0;
    expect((power[0] ?? 0) / median).toBeGreaterThan(3);
    expect((power.at(-1) ?? 0) / median).toBeGreaterThan(0.4);
  });

  it('use all mantissas of bfloat16', async () => {
    await writeSamples(folder, { size: SIZE });
    const base = await readTensors(folder, modelOf('nova-base'));
    const halves = new Uint16Array(Uint8Array.from(base.get('lm_head.weight')?.bytes ?? []).buffer);
    const counts = new Float64Array(128);
    for (const half of halves) counts[half & 127] = (counts[half & 127] ?? 0) + 1;
    const entropy = counts.reduce(
      (sum, n) => sum - (n / halves.length) * Math.log2(n / halves.length),
      0,
    );
    expect(entropy).toBeGreaterThan(6.9);
  });

  it('round to binary16 as IEEE 754 says, ties to even, subnormals included', () => {
    const word = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
    expect(f16Bits(word(1))).toBe(0x3c00);
    expect(f16Bits(word(-2))).toBe(0xc000);
    expect(f16Bits(word(65504))).toBe(0x7bff);
    expect(f16Bits(word(65520))).toBe(0x7c00);
    expect(f16Bits(word(1 + 2 ** -11))).toBe(0x3c00);
    expect(f16Bits(word(1 + 3 * 2 ** -11))).toBe(0x3c02);
    expect(f16Bits(word(2 ** -14))).toBe(0x0400);
    expect(f16Bits(word(2 ** -24))).toBe(0x0001);
    expect(f16Bits(word(2 ** -25))).toBe(0);
    expect(f16Bits(word(3 * 2 ** -25))).toBe(2);
    expect(f16Bits(word(-0))).toBe(0x8000);
  });

  it('choose more layers for more parameters, never beyond what was asked', () => {
    let previous = 0;
    for (let parameters = 1e5; parameters < 1e10; parameters *= 1.7) {
      const count = parametersOf(architectureFor(parameters));
      expect(count).toBeLessThanOrEqual(parameters);
      expect(count).toBeGreaterThanOrEqual(previous);
      previous = count;
    }
  });
});

describe('writing samples', () => {
  it('writes nothing the second time and repairs what was damaged', async () => {
    const first = await writeSamples(folder, { size: 1_000_000 });
    const again = await writeSamples(folder, { size: 1_000_000 });
    expect(again.written).toEqual([]);
    expect(again.skipped).toHaveLength(first.written.length);
    await truncate(join(folder, 'nova-code.safetensors'), 50_000);
    const repaired = await writeSamples(folder, { size: 1_000_000 });
    expect(repaired.written).toEqual(['nova-code.safetensors']);
    const before = await treeDigest(folder);
    await rm(folder, { recursive: true });
    await writeSamples(folder, { size: 1_000_000 });
    expect(await treeDigest(folder)).toBe(before);
  });

  it('replaces its own files of another seed or size', async () => {
    await writeSamples(folder, { size: 1_000_000, seed: 1 });
    const result = await writeSamples(folder, { size: 1_000_000, seed: 2 });
    expect(result.skipped).toEqual([]);
    const fresh = join(folder, 'fresh');
    await writeSamples(fresh, { size: 1_000_000, seed: 2 });
    const name = 'quasar-base.safetensors';
    expect((await readFile(join(folder, name))).equals(await readFile(join(fresh, name)))).toBe(
      true,
    );
  });

  it('never replaces a file that it did not write, and then writes nothing at all', async () => {
    await writeFile(join(folder, 'quasar-base.safetensors'), 'precious');
    await expect(writeSamples(folder, { size: 1_000_000 })).rejects.toThrow(ForeignFileError);
    expect(await readdir(folder)).toEqual(['quasar-base.safetensors']);
    expect(await readFile(join(folder, 'quasar-base.safetensors'), 'utf8')).toBe('precious');
  });

  it('never writes through a link', async () => {
    const outside = join(folder, 'outside.txt');
    await writeFile(outside, 'x tessera samples x');
    await symlink(outside, join(folder, 'quasar-base.safetensors'));
    await writeSamples(folder, { size: 1_000_000 });
    expect(await readFile(outside, 'utf8')).toBe('x tessera samples x');
  });

  it('reports progress up to the total and lets other work run meanwhile', async () => {
    const seen: [number, number][] = [];
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await writeSamples(folder, { size: 20_000_000, onProgress: (...at) => seen.push(at) });
    clearInterval(timer);
    const { totalBytes } = sampleFamily(20_000_000);
    expect(seen.at(-1)).toEqual([totalBytes, totalBytes]);
    expect(seen.every(([done], i) => i === 0 || done >= (seen[i - 1]?.[0] ?? 0))).toBe(true);
    expect(turns).toBeGreaterThan(3);
  });

  it('stops when cancelled, leaves no half file, and continues where it stopped', async () => {
    const control = new AbortController();
    const run = writeSamples(folder, {
      size: 20_000_000,
      signal: control.signal,
      onProgress: (done, total) => {
        if (done > total / 2) control.abort();
      },
    });
    await expect(run).rejects.toThrow();
    const partial = await readdir(folder);
    expect(partial.filter((name) => name.startsWith('.'))).toEqual([]);
    const { skipped, written } = await writeSamples(folder, { size: 20_000_000 });
    expect(skipped.length).toBeGreaterThan(0);
    expect(written.length).toBeGreaterThan(0);
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
