import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceSignature } from '../kernels/reference/sketch';
import type { Signature } from '../kernels/signature';
import { hasSharedData, sharedData, targetsOf } from '../kernels/testing/shared-data';
import { layoutOf } from '../kernels/values';
import type { SampleDtype } from '../samples/dtypes';
import { type BaseTensor, baseOptions, chooseBases } from './bases';
import { estimateAlone } from './estimate-pair';
import { entryOf, SimilarityIndex } from './index';
import { normalValues, signed, updated } from './testing/made-signatures';
import { EstimatedPairs, SignatureList } from './testing/signature-list';

const bytesOf = ({ kind, elements }: Signature): number => {
  const layout = layoutOf(kind);
  return (elements / layout.elements) * layout.bytes;
};

function indexed(signatures: readonly Signature[]): {
  tensors: BaseTensor[];
  index: SimilarityIndex;
  pairs: EstimatedPairs;
} {
  const list = new SignatureList();
  const index = new SimilarityIndex();
  const tensors = signatures.map((signature): BaseTensor => {
    const number = list.add(signature);
    index.add(number, entryOf(signature));
    const aloneBytes = estimateAlone(signature, bytesOf(signature));
    return { signed: number, elements: signature.elements, aloneBytes };
  });
  return { tensors, index, pairs: new EstimatedPairs(list) };
}

/** Predicted bytes with the chosen bases, and with the best of all pairs of equal element count. */
function totals(signatures: readonly Signature[]): {
  chosen: number;
  exhaustive: number;
  alone: number;
} {
  const { tensors, index, pairs } = indexed(signatures);
  const bases = chooseBases(tensors, index, pairs);
  let [chosen, exhaustive, alone] = [0, 0, 0];
  for (const tensor of tensors) {
    const deltas = tensors
      .filter(({ signed, elements }) => signed !== tensor.signed && elements === tensor.elements)
      .map(({ signed }) => pairs.relate(tensor.signed, signed)?.metrics.deltaBytes ?? Infinity);
    chosen += bases.get(tensor.signed)?.bytes ?? tensor.aloneBytes;
    exhaustive += Math.min(tensor.aloneBytes, ...deltas);
    alone += tensor.aloneBytes;
  }
  return { chosen, exhaustive, alone };
}

/** Tensors of a small transformer: several of one shape in each model. */
const parts: readonly (readonly [name: string, count: number, scale: number, mean: number])[] = [
  ['query', 1024, 0.03, 0],
  ['output', 1024, 0.02, 0],
  ['norm', 128, 0.1, 1],
];

type Model = readonly Float32Array[];

const mean = (models: readonly Model[]): Model =>
  parts.map((_, part) => {
    const all = models.flatMap((model) => model[part] ?? []);
    return (all[0] ?? new Float32Array(0)).map(
      (_value, at) => all.reduce((sum, each) => sum + (each[at] ?? 0), 0) / all.length,
    );
  });

/** 40 models: bases, fine-tunes, chains of fine-tunes, merges, and unrelated ones. */
function madeFamily(): Signature[] {
  const models: Model[] = [];
  let made = 0;
  const seed = (): number => {
    made++;
    return made;
  };
  const root = (): Model =>
    parts.map(([, count, scale, level]) => normalValues(seed(), count, scale, level));
  const tune = (model: Model, relative: number): Model =>
    model.map((values) => updated(values, relative, seed()));
  for (let base = 0; base < 3; base++) {
    const start = root();
    models.push(start);
    for (const relative of [1e-4, 1e-3, 1e-2, 3e-2, 1e-1]) models.push(tune(start, relative));
    let link = start;
    for (let step = 0; step < 4; step++) {
      link = tune(link, 0.01 * (step + 1));
      models.push(link);
    }
    models.push(mean([start, link]), mean(models.slice(-3)));
  }
  while (models.length < 40) models.push(root());
  const dtypes: readonly SampleDtype[] = ['F32', 'BF16', 'F16', 'F32'];
  return models.flatMap((model, at) =>
    model.map((values) => signed(values, dtypes[at % dtypes.length] ?? 'F32', 32)),
  );
}

/** Of the face detector's tensors: smaller ones are many, and weigh little. */
const FEWEST = 1024;

describe('base choice', () => {
  it('is within 3% of the best of all pairs on a made family of 40 models', () => {
    const signatures = madeFamily();
    expect(signatures).toHaveLength(40 * parts.length);
    const { chosen, exhaustive, alone } = totals(signatures);
    expect(chosen / exhaustive).toBeLessThan(1.03);
    expect(chosen).toBeGreaterThanOrEqual(exhaustive);
    expect(chosen).toBeLessThan(0.75 * alone);
  }, 120_000);

  it('gives unrelated tensors no base', () => {
    const signatures = [1, 2, 3].map((seed) => signed(normalValues(seed, 4096), 'F32'));
    const { tensors, index, pairs } = indexed(signatures);
    expect([...chooseBases(tensors, index, pairs).values()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('prefers the nearer of two bases, and offers both', () => {
    const base = normalValues(4, 4096);
    const signatures = [updated(base, 0.1, 5), base, updated(base, 0.002, 6)].map((values) =>
      signed(values, 'F32'),
    );
    const { tensors, index, pairs } = indexed(signatures);
    expect(chooseBases(tensors, index, pairs).get(1)?.base).toBe(2);
    const options = baseOptions(tensors, index, pairs).get(1) ?? [];
    expect(options.map(({ base: id }) => id)).toEqual([2, 0]);
    expect(options.every(({ tensor, base: id }) => tensor === 1 && id !== 1)).toBe(true);
  });

  it('takes bases only from the tensors that are asked about', () => {
    const base = normalValues(7, 4096);
    const { tensors, index, pairs } = indexed([
      signed(updated(base, 0.01, 8), 'F32'),
      signed(base, 'F32'),
    ]);
    expect(chooseBases(tensors.slice(0, 1), index, pairs).get(0)).toBeUndefined();
  });

  describe.skipIf(!hasSharedData)('on the epochs of a face detector', () => {
    it('is within 3% of the best of all pairs', () => {
      const folder = join(sharedData, 'ultralight_rfb_epochs');
      const files = readdirSync(folder).filter((name) => name.endsWith('.pth'));
      const seen = new Set<string>();
      const signatures = files.flatMap((name) => {
        const path = join(folder, name);
        const bytes = readFileSync(path);
        return targetsOf(path).flatMap((target) => {
          const data = new Uint8Array(bytes.subarray(target.offset, target.offset + target.length));
          const key = Buffer.from(data).toString('latin1');
          if (target.elements < FEWEST || target.inflate !== undefined || seen.has(key)) return [];
          seen.add(key);
          return [referenceSignature(target, data)];
        });
      });
      expect(signatures.length).toBeGreaterThan(200);
      const { chosen, exhaustive, alone } = totals(signatures);
      expect(chosen / exhaustive).toBeLessThan(1.03);
      expect(chosen).toBeLessThan(0.9 * alone);
    }, 120_000);
  });
});
