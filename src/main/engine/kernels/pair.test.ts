import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { TaskFailure, TaskStopped } from './failure';
import { MEASURE_BYTES } from './measure-memory';
import type { PairSpec, ValueMeasure } from './messages';
import { measurePairs } from './pair';
import { referenceConversion, referenceSums } from './reference/measure';
import { testKernels } from './test-support';
import {
  measured,
  normal,
  type TestTensor,
  testFolder,
  valueMeasure,
  weights,
  writeTensor,
} from './testing/pairs';
import { fileAt } from './testing/shared-data';
import { layoutOf, type ValueKind, valueKinds } from './values';

const kernels = testKernels(MEASURE_BYTES);
const folder = testFolder();
afterAll(() => folder.done());

const { F64, F32, F16, BF16, F8_E4M3, I8, I32, I64, U64, U8, BOOL, Q8_0, Q4_K } = valueKinds;
const ELEMENTS = 4096;
const base = weights(1, ELEMENTS);

const bytesOf = (values: Float32Array | Float64Array | BigInt64Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer.slice(0));
const f32 = (values: Float32Array): TestTensor => ({ kind: F32, bytes: bytesOf(values) });
const as = (kind: ValueKind, values: Float32Array): TestTensor => ({
  kind,
  bytes: referenceConversion(F32, kind, bytesOf(values)).bytes,
});
const measure = (a: TestTensor, b: TestTensor, how?: PairSpec['how']): ValueMeasure =>
  valueMeasure(measured(kernels, folder, a, b, how));
const changed = (change: (values: Float32Array) => void): Float32Array => {
  const values = base.slice();
  change(values);
  return values;
};

describe('two tensors measured on all of their data', () => {
  it('are equal where their bytes are, and cost next to nothing then', () => {
    const found = measure(f32(base), f32(base));
    expect(found).toMatchObject({
      equal: true,
      score: 1,
      cosine: 1,
      relativeL2: 0,
      maxDifference: 0,
      differingBits: 0,
      elementBits: 32,
      nonFinite: 0,
      castFromBase: false,
      castToBase: false,
    });
    expect(found.deltaBytes).toBeLessThan(100);
    expect(found.aloneBytes).toBeGreaterThan(ELEMENTS * 3);
  });

  it('agree as the definition of the concordance says', () => {
    for (const [deviation, mean, update] of [
      [0.02, 0, 1e-2],
      [1e-3, 1, 1e-1],
      [1e-3, 1, 1e-4],
      [1e-15, 1e-14, 0.5],
    ] as const) {
      const [first, second] = [normal(3), normal(4)];
      const b = Float32Array.from({ length: 70_001 }, () => mean + deviation * first());
      const a = b.map((value) => value + deviation * update * second());
      const found = measure(f32(a), f32(b));
      const expected = definition(a, b);
      expect(Math.abs(found.score - expected.score)).toBeLessThan(1e-10);
      expect(Math.abs(found.cosine - expected.cosine)).toBeLessThan(1e-10);
      expect(found.relativeL2 / expected.relativeL2).toBeCloseTo(1, 9);
      expect(found.maxDifference).toBe(expected.maxDifference);
    }
  });

  it('score low when rows are permuted', () => {
    const permuted = changed((values) => {
      for (let row = 0; row < 64; row++)
        values.set(base.subarray(row * 64, row * 64 + 64), (63 - row) * 64);
    });
    const found = measure(f32(permuted), f32(base));
    expect(found.equal).toBe(false);
    expect(Math.abs(found.score)).toBeLessThan(0.2);
  });

  it('score at most 0.8 when one is the other doubled', () => {
    const found = measure(f32(base.map((value) => 2 * value)), f32(base));
    expect(found.score).toBeCloseTo(0.8, 2);
    expect(found.score).toBeLessThanOrEqual(0.8001);
    expect(found.cosine).toBeCloseTo(1, 9);
    expect(found.relativeL2).toBeCloseTo(1, 9);
    expect(found.castFromBase || found.castToBase).toBe(false);
  });

  it('are not equal when one sign is flipped, be it a zero’s', () => {
    const flipped = measure(
      f32(changed((values) => values.set([-(values[9] ?? 0)], 9))),
      f32(base),
    );
    expect(flipped).toMatchObject({ equal: false, castFromBase: false });
    expect(flipped.differingBits).toBeCloseTo(1 / ELEMENTS, 12);
    const [plus, minus] = [new Float32Array(64), new Float32Array(64).fill(-0, 7, 8)];
    expect(measure(f32(minus), f32(plus))).toMatchObject({ equal: false, score: 1, relativeL2: 0 });
  });

  it('leave values out that are not finite, and count them', () => {
    const holes = changed((values) => values.set([Number.NaN, Infinity, -Infinity], 100));
    const found = measure(f32(holes), f32(base));
    expect(found).toMatchObject({ equal: false, nonFinite: 3, score: 1, maxDifference: 0 });
    const none = f32(new Float32Array(99).fill(Number.NaN));
    expect(measure(none, none)).toMatchObject({ equal: true, score: 1, nonFinite: 99 });
    const other = f32(new Float32Array(99).fill(Infinity));
    expect(measure(none, other)).toMatchObject({ equal: false, score: 0, nonFinite: 99 });
  });

  it('score by their distance when they are all but constant', () => {
    const ones = new Float32Array(500).fill(1);
    const near = ones.map((value, at) => value + (at % 2 === 0 ? 1e-3 : -1e-3));
    expect(measure(f32(near), f32(ones)).score).toBeCloseTo(1 - 1e-6 / 2, 9);
    expect(measure(f32(ones.map(() => -1)), f32(ones)).score).toBe(-1);
    const zeros = new Float32Array(500);
    expect(measure(f32(zeros), f32(zeros))).toMatchObject({ score: 1, cosine: 1, relativeL2: 0 });
    const fromZero = measure(f32(ones), f32(zeros));
    expect(fromZero).toMatchObject({ score: -1, cosine: 0, relativeL2: Infinity });
  });

  it('are no pair when their element counts differ, be they all zeros', () => {
    const [short, long] = [new Float32Array(64), new Float32Array(65)];
    expect(measured(kernels, folder, f32(short), f32(long))).toBe(null);
  });

  it('take unsigned integers for what they are', () => {
    const bits = BigInt64Array.of(-1n, 2n);
    const long = { kind: U64, bytes: bytesOf(bits) };
    const double = { kind: F64, bytes: bytesOf(Float64Array.of(2 ** 64, 2)) };
    expect(measure(double, long)).toMatchObject({ castFromBase: true, maxDifference: 0 });
  });

  it('keep the digits of 64-bit values and of large integers', () => {
    const b = Float64Array.from(base, (value) => 1e6 + value);
    const a = b.map((value, at) => value + (at === 5 ? 1e-9 : 0));
    const found = measure({ kind: F64, bytes: bytesOf(a) }, { kind: F64, bytes: bytesOf(b) });
    expect(found.maxDifference).toBeCloseTo(1e-9, 10);
    expect(found.maxDifference).toBeGreaterThan(0);
    const large = Int32Array.of(16_777_217, 5, 6);
    const less = Int32Array.of(16_777_216, 5, 6);
    const integers = measure(
      { kind: I32, bytes: bytesOf(large) },
      { kind: I32, bytes: bytesOf(less) },
    );
    expect(integers.maxDifference).toBe(1);
  });

  it('measure a kind against any other as the reference converts them', () => {
    const kinds = [F64, F32, F16, BF16, F8_E4M3, I8, I32, I64, U8, BOOL, Q8_0, Q4_K];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 1e6 }),
        (kindA, kindB, seed) => {
          const [a, b] = [randomTensor(kindA, seed), randomTensor(kindB, seed + 1)];
          const found = measure(a, b);
          const wide = [F64, I32, I64].some((each) => each === kindA || each === kindB);
          if (!wide) {
            const [x, y] = [valuesOf(a), valuesOf(b)];
            expect(found.nonFinite).toBe(referenceSums(x, y, 0, 0)[7]);
            expect(found.maxDifference).toBe(referenceSums(x, y, 0, 0)[6]);
          }
          const canConvert = kindA === kindB || layoutOf(kindA).elements === 1;
          expect(Number.isNaN(found.differingBits)).toBe(!canConvert);
          if (!canConvert) expect(found.deltaBytes).toBe(found.aloneBytes);
          expect(found.deltaBytes).toBeLessThanOrEqual(a.bytes.length);
          expect(found.aloneBytes).toBeLessThanOrEqual(a.bytes.length);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });
});

describe('a cast', () => {
  it('is recognised in either direction, and in neither when one bit is wrong', () => {
    const wide = Float32Array.from(base);
    wide.set([70_000, 1e-8, -0, Number.NaN, Infinity], 10);
    for (const kind of [F16, BF16, F8_E4M3]) {
      const narrow = as(kind, wide);
      expect(measure(narrow, f32(wide))).toMatchObject({
        castFromBase: true,
        castToBase: false,
        differingBits: 0,
      });
      expect(measure(f32(wide), narrow)).toMatchObject({ castFromBase: false, castToBase: true });
      const wrong = { kind, bytes: narrow.bytes.slice() };
      wrong.bytes[200] = (wrong.bytes[200] ?? 0) ^ 1;
      expect(measure(wrong, f32(wide))).toMatchObject({ castFromBase: false, castToBase: false });
      expect(measure(wrong, f32(wide)).differingBits).toBeCloseTo(1 / ELEMENTS, 12);
    }
  });

  it('goes both ways where widening is exact', () => {
    const half = as(F16, base);
    const widened = { kind: F32, bytes: referenceConversion(F16, F32, half.bytes).bytes };
    expect(measure(widened, half)).toMatchObject({ castFromBase: true, castToBase: true });
    expect(measure(widened, half).deltaBytes).toBeLessThan(100);
    const double = { kind: F64, bytes: referenceConversion(F32, F64, bytesOf(base)).bytes };
    expect(measure(double, f32(base))).toMatchObject({ castFromBase: true, castToBase: true });
  });

  it('of subnormals is exact', () => {
    const tiny = Float32Array.from({ length: 3000 }, (_, at) => (at - 1500) * 2 ** -26);
    expect(measure(as(F16, tiny), f32(tiny))).toMatchObject({ castFromBase: true });
    const halves = as(F16, tiny);
    const widened = { kind: F32, bytes: referenceConversion(F16, F32, halves.bytes).bytes };
    expect(measure(halves, widened)).toMatchObject({ castFromBase: true, castToBase: true });
  });

  it('of integers must be exact', () => {
    const small = BigInt64Array.from({ length: 200 }, (_, at) => BigInt(at) - 50n);
    const long = { kind: I64, bytes: bytesOf(small) };
    const narrow = { kind: I32, bytes: referenceConversion(I64, I32, long.bytes).bytes };
    expect(measure(narrow, long)).toMatchObject({ castFromBase: true, castToBase: true });
    const float = f32(Float32Array.from(small, Number));
    expect(measure(long, float)).toMatchObject({ castFromBase: true, castToBase: true });
    const fractions = f32(Float32Array.from(small, (value) => Number(value) + 0.25));
    expect(measure(long, fractions)).toMatchObject({ castFromBase: false, castToBase: false });
    // All weights are below one: that an integer zero is what is left of them relates nothing.
    const zeros = { kind: I8, bytes: new Uint8Array(ELEMENTS) };
    expect(measure(zeros, f32(base)).castFromBase).toBe(false);
  });

  it('is what blocks become when they are dequantised', () => {
    const blocks = randomTensor(Q8_0, 11);
    const values = { kind: F32, bytes: referenceConversion(Q8_0, F32, blocks.bytes).bytes };
    expect(measure(values, blocks)).toMatchObject({ castFromBase: true, castToBase: false });
    const found = measure(blocks, values);
    expect(found).toMatchObject({ castFromBase: false, castToBase: true, elementBits: 8.5 });
    expect(found.differingBits).toBeNaN();
  });
});

describe('a pair task', () => {
  const pathA = join(folder.path, 'task-a');
  const pathB = join(folder.path, 'task-b');
  const large = weights(5, 300_000);
  const [a, b] = [writeTensor(pathA, f32(large)), writeTensor(pathB, f32(large))];
  const pair: PairSpec = { a, b, how: 'values' };
  const taskOf = (pairs: readonly PairSpec[]) =>
    ({ kind: 'pair', task: 1, a: fileAt(pathA), b: fileAt(pathB), pairs }) as const;

  it('measures deflated tensors like plain ones', () => {
    const plain = measure(f32(large), f32(large.map((v) => v * 1.01)));
    const deflated = measure(
      { ...f32(large), deflated: { skip: 80 } },
      { ...f32(large.map((v) => v * 1.01)), deflated: { skip: 0 } },
    );
    expect(deflated).toEqual(plain);
  });

  it('says null for what does not inflate to its length, leaves its file, or is no whole blocks', () => {
    const broken: PairSpec['a'][] = [
      { ...a, inflate: { skip: 0, length: a.length } },
      { ...a, inflate: { skip: 0, length: 2 ** 40 }, elements: 2 ** 38 },
      { ...a, offset: a.offset + 1 },
      { ...a, elements: a.elements - 1 },
      { ...a, kind: Q8_0, elements: 31 },
    ];
    const done = measurePairs(
      taskOf(broken.map((each) => ({ ...pair, a: each }))),
      kernels,
      () => {},
    );
    expect(done.measures).toEqual(broken.map(() => null));
  });

  it('counts the bytes of its pairs, and stops where the checkpoint says', () => {
    const seen: number[] = [];
    measurePairs(taskOf([pair, { ...pair, how: 'rows' }, pair]), kernels, (done) =>
      seen.push(done),
    );
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(seen.at(-1)).toBeGreaterThan(2 * (a.length + b.length));
    expect(seen.at(-1)).toBeLessThan(3 * (a.length + b.length));
    const stop = (done: number): void => {
      if (done > 1_000_000) throw new TaskStopped();
    };
    expect(() => measurePairs(taskOf([pair]), kernels, stop)).toThrow(TaskStopped);
    const after = measurePairs(taskOf([pair]), kernels, () => {}).measures[0];
    expect(after).toMatchObject({ equal: true, score: 1 });
  });

  it('fails where a file is another, before or meanwhile', () => {
    const stale = { ...fileAt(pathB), expected: { ...fileAt(pathB).expected, mtimeNs: 1n } };
    const failure = expect.objectContaining({ code: 'changed' });
    expect(() => measurePairs({ ...taskOf([pair]), b: stale }, kernels, () => {})).toThrow(failure);
    const task = taskOf([pair]);
    let isChanged = false;
    const change = (done: number): void => {
      if (done > 0 && !isChanged) writeFileSync(pathB, new Uint8Array(b.length + 25));
      isChanged ||= done > 0;
    };
    expect(() => measurePairs(task, kernels, change)).toThrow(failure);
    const missing = { path: join(folder.path, 'none'), expected: task.a.expected };
    expect(() => measurePairs({ ...task, a: missing }, kernels, () => {})).toThrow(TaskFailure);
  });
});

function definition(a: Float32Array, b: Float32Array) {
  const count = a.length;
  const mean = (values: Float32Array): number =>
    values.reduce((sum, each) => sum + each, 0) / count;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [varianceA, varianceB, covariance, dot, squareA, squareB, square, most] = [
    0, 0, 0, 0, 0, 0, 0, 0,
  ];
  a.forEach((x, at) => {
    const y = b[at] ?? 0;
    varianceA += (x - meanA) ** 2 / count;
    varianceB += (y - meanB) ** 2 / count;
    covariance += ((x - meanA) * (y - meanB)) / count;
    dot += x * y;
    squareA += x * x;
    squareB += y * y;
    square += (x - y) ** 2;
    most = Math.max(most, Math.abs(x - y));
  });
  const relativeL2 = Math.sqrt(square / squareB);
  const isConstant =
    Math.sqrt(varianceA) < 0.01 * Math.abs(meanA) && Math.sqrt(varianceB) < 0.01 * Math.abs(meanB);
  const concordance = (2 * covariance) / (varianceA + varianceB + (meanA - meanB) ** 2);
  return {
    score: isConstant ? 1 - relativeL2 ** 2 / 2 : concordance,
    cosine: dot / Math.sqrt(squareA * squareB),
    relativeL2,
    maxDifference: most,
  };
}

function randomBytes(seed: number, length: number): Uint8Array {
  const next = normal(seed);
  return Uint8Array.from({ length }, () => Math.abs(next() * 97) & 0xff);
}

/** 256 elements of any bits. */
function randomTensor(kind: ValueKind, seed: number): TestTensor {
  const { elements, bytes } = layoutOf(kind);
  return { kind, bytes: randomBytes(seed, (256 / elements) * bytes) };
}

function valuesOf({ kind, bytes }: TestTensor): Float32Array {
  const values = kind === F32 ? bytes : referenceConversion(kind, F32, bytes).bytes;
  return new Float32Array(values.slice().buffer);
}
