import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compress } from 'zstd-napi';
import { blockCodeLength } from './code-length';
import { sortedCodeLength } from './code-length-sorted';
import { MEASURE_BYTES } from './measure-memory';
import { measurePairs } from './pair';
import {
  bitsOf,
  byteOf,
  referenceConversion,
  referenceDelta,
  referenceGroup,
} from './reference/measure';
import { testKernels } from './test-support';
import {
  measured,
  normal,
  type TestTensor,
  testFolder,
  uniform,
  valueMeasure,
  weights,
} from './testing/pairs';
import { fileAt, hasSharedData, sharedData, targetsOf } from './testing/shared-data';
import { storedAlone, storedAsDelta } from './testing/stored';
import { layoutOf, type ValueKind, valueKinds } from './values';

const kernels = testKernels(MEASURE_BYTES);
const folder = testFolder();
afterAll(() => folder.done());

const { F64, F32, F16, BF16, F8_E4M3, I8, Q8_0, Q4_0 } = valueKinds;

function predicted(kind: ValueKind, a: Uint8Array, b: Uint8Array) {
  const [first, second]: TestTensor[] = [
    { kind, bytes: a },
    { kind, bytes: b },
  ];
  if (first === undefined || second === undefined) throw new Error('expected two tensors');
  return valueMeasure(measured(kernels, folder, first, second));
}

const as = (kind: ValueKind, values: Float32Array): Uint8Array =>
  kind === F32
    ? new Uint8Array(values.buffer.slice(0))
    : referenceConversion(F32, kind, new Uint8Array(values.buffer)).bytes;

describe('a predicted code length', () => {
  it('of a plane is what zstd makes of it, within 5% and 60 bytes', () => {
    for (const deviation of [0.3, 1, 3, 10, 30, 60]) {
      for (const length of [300, 4096, 131_072]) {
        const next = normal(deviation * 100 + length);
        const plane = Uint8Array.from({ length }, () => Math.round(128 + deviation * next()));
        const counts = new Float64Array(256);
        for (const byte of plane) counts[byte] = (counts[byte] ?? 0) + 1;
        const found = blockCodeLength({ counts, from: 0, total: length });
        const actual = Math.min(length, compress(plane, { compressionLevel: 1 }).length);
        expect(Math.abs(found - actual)).toBeLessThan(60 + 0.05 * actual);
      }
    }
  });

  it('of a fine-tune’s delta, and of weights alone, is what coding them takes, within 5%', () => {
    for (const kind of [F32, BF16, F16]) {
      for (const update of [1e-3, 1e-2, 1e-1]) {
        const next = normal(update * 1e5);
        const values = weights(kind, 150_000);
        const b = as(kind, values);
        const a = as(
          kind,
          values.map((value) => value + 0.02 * update * next()),
        );
        const found = predicted(kind, a, b);
        expectWithin(found.deltaBytes / storedAsDelta(kind, a, b), 0.95, 1.05);
        expectWithin(found.aloneBytes / storedAlone(kind, a), 0.98, 1.02);
        expect(found.deltaBytes).toBeLessThan(found.aloneBytes);
      }
    }
  });

  it('grows with the update, and is about that of the weights alone for unrelated ones', () => {
    const values = weights(3, 40_000);
    const next = normal(4);
    const noise = values.map(() => 0.02 * next());
    const sizes = [1e-4, 1e-3, 1e-2, 1e-1, 1].map(
      (update) =>
        predicted(
          BF16,
          as(
            BF16,
            values.map((value, at) => value + update * (noise[at] ?? 0)),
          ),
          as(BF16, values),
        ).deltaBytes,
    );
    expect(sizes).toEqual([...sizes].sort((x, y) => x - y));
    const unrelated = predicted(BF16, as(BF16, weights(9, 40_000)), as(BF16, values));
    expect(unrelated.deltaBytes).toBeGreaterThan(unrelated.aloneBytes * 0.95);
  });

  it('never exceeds the bytes themselves', () => {
    const next = uniform(5);
    for (const kind of [F64, F32, BF16, F8_E4M3, I8, Q8_0, Q4_0]) {
      const { bytes: size } = layoutOf(kind);
      for (const elements of [1, 7, 40, 3000]) {
        const [a, b] = [0, 1].map(() =>
          Uint8Array.from({ length: size * elements }, () => next() * 256),
        );
        if (a === undefined || b === undefined) throw new Error('expected bytes');
        const found = predicted(kind, a, b);
        expect(found.deltaBytes).toBeLessThanOrEqual(a.length);
        expect(found.aloneBytes).toBeLessThanOrEqual(a.length);
        expect(predicted(kind, a, a).deltaBytes).toBeLessThanOrEqual(8);
      }
    }
  });

  it('of quantised blocks falls as they come closer', () => {
    const next = uniform(6);
    const b = Uint8Array.from({ length: 34 * 4000 }, () => next() * 256);
    const near = b.map((byte, at) =>
      at % 34 > 1 && next() < 0.2 ? byte + (next() < 0.5 ? 1 : -1) : byte,
    );
    const found = predicted(Q8_0, near, b);
    expect(found.deltaBytes).toBeLessThan(0.25 * b.length);
    expect(found.aloneBytes).toBeGreaterThan(0.95 * b.length);
  });

  it('from the kernels is the one from the reference’s histograms, to the last digit', () => {
    for (const kind of [F64, F32, F16, F8_E4M3, I8]) {
      const { bytes: width } = layoutOf(kind);
      const values = weights(kind, 3000);
      const b = kind === I8 ? new Uint8Array(values.buffer) : as(kind, values);
      const a = b.map((byte, at) => (at % width === 0 ? byte ^ 5 : byte));
      const histograms = new Uint32Array(256 * width * 256);
      const sizes = new Uint32Array(256);
      const bases = bitsOf(b, width);
      bitsOf(a, width).forEach((element, at) => {
        const group = referenceGroup(kind, bases[at] ?? 0n);
        const coded = referenceDelta(kind, element, bases[at] ?? 0n);
        sizes[group] = (sizes[group] ?? 0) + 1;
        for (let plane = 0; plane < width; plane++) {
          const place = (group * width + plane) * 256 + byteOf(coded, plane);
          histograms[place] = (histograms[place] ?? 0) + 1;
        }
      });
      const expected = Math.min(
        a.length,
        8 + Math.ceil(sortedCodeLength(histograms, sizes, width)),
      );
      expect(predicted(kind, a, b).deltaBytes).toBe(expected);
    }
  });
});

describe.skipIf(!hasSharedData)('the predicted code length of real models', () => {
  it.each([
    ['ultralight_rfb_epochs', 'Epoch-499', 'Epoch-480'],
    ['ultralight_rfb_epochs', 'Epoch-480', 'Epoch-460'],
    ['ultralight_rfb_epochs', 'Epoch-60', 'Epoch-20'],
    ['roberta_lora_ptbr', '8610', '8000'],
    ['sd15_lora_a', 'illust.pt', 'disney.pt'],
  ])('is within 2 percent of what coding takes: %s, %s from %s', (dataset, ofA, ofB) => {
    const found = totals(fileWith(dataset, ofA), fileWith(dataset, ofB));
    expectWithin(found.delta / found.deltaStored, 0.98, 1.02);
    expectWithin(found.alone / found.aloneStored, 0.98, 1.02);
  });
});

function fileWith(dataset: string, part: string): string {
  const name = readdirSync(join(sharedData, dataset)).find((each) => each.includes(part));
  return join(sharedData, dataset, name ?? part);
}

/** Predicted and coded bytes of all tensors that two files have by the same name. */
function totals(pathA: string, pathB: string) {
  const ofB = new Map(targetsOf(pathB).map((target) => [target.name, target]));
  const pairs = targetsOf(pathA).flatMap((a) => {
    const b = ofB.get(a.name);
    const isPair = b !== undefined && b.elements === a.elements && b.kind === a.kind;
    return isPair ? [{ a, b, how: 'values' as const }] : [];
  });
  const task = { kind: 'pair', task: 1, a: fileAt(pathA), b: fileAt(pathB), pairs } as const;
  const { measures } = measurePairs(task, kernels, () => {});
  const [bytesA, bytesB] = [readFileSync(pathA), readFileSync(pathB)];
  const sums = { delta: 0, alone: 0, deltaStored: 0, aloneStored: 0 };
  pairs.forEach(({ a, b }, at) => {
    const found = valueMeasure(measures[at] ?? null);
    const element = bytesA.subarray(a.offset, a.offset + a.length);
    const base = bytesB.subarray(b.offset, b.offset + b.length);
    sums.delta += found.deltaBytes;
    sums.alone += found.aloneBytes;
    sums.deltaStored += found.equal ? found.deltaBytes : storedAsDelta(a.kind, element, base);
    sums.aloneStored += storedAlone(a.kind, element);
  });
  return sums;
}

function expectWithin(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
}
