import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Match } from '../../../shared/domain';
import { defaultThresholds } from '../../../shared/domain';
import { EngineHost } from '../host';
import type { SampleDtype } from '../samples/dtypes';
import { fineTune, madeModel, writeModel } from './testing/made-models';

const relatives = [1e-4, 1e-3, 1e-2, 1e-1];
const dtypes: readonly (readonly [base: SampleDtype, tune: SampleDtype])[] = [
  ['F32', 'F32'],
  ['F16', 'F16'],
  ['BF16', 'BF16'],
  ['F32', 'F16'],
  ['F32', 'BF16'],
  ['BF16', 'F32'],
  ['F16', 'BF16'],
];

let root: string;
let host: EngineHost;
let matches: readonly Match[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tessera-recall-'));
  let seed = 1;
  for (const [base, tune] of dtypes) {
    for (const relative of relatives) {
      seed += 1;
      const values = madeModel(seed, base);
      const name = `${base}-${tune}-${relative}`;
      writeModel(root, `${name}-base`, values);
      writeModel(root, `${name}-tune`, fineTune(values, relative, tune, seed));
    }
  }
  for (let other = 0; other < 12; other++) {
    writeModel(
      root,
      `unrelated-${other}`,
      madeModel(1000 + other, dtypes[other % 3]?.[0] ?? 'F32'),
    );
  }
  host = await EngineHost.start({ dataFolder: null, threads: 2 });
  await host.call('sources.open', { paths: [root] });
  await host.idle();
  await host.call('similarity.verify', null);
  await host.idle();
  ({ matches } = await host.call('similarity.matches', { threshold: 0.5, offset: 0, limit: 5000 }));
}, 120_000);
afterAll(async () => {
  await host.stop();
  rmSync(root, { recursive: true, force: true });
});

const familyOf = (name: string): string => name.replace(/-(base|tune)$/, '');
const ends = ({ tensor, base }: Match) =>
  [familyOf(tensor.modelName), familyOf(base.modelName)] as const;

describe('matches of made families', () => {
  it('finds at least 99 of 100 tensors of a fine-tune at its true base, in every dtype', () => {
    for (const [base, tune] of dtypes) {
      for (const relative of relatives) {
        const family = `${base}-${tune}-${relative}`;
        const right = matches.filter(
          ({ tensor, base }) =>
            familyOf(tensor.modelName) === family &&
            familyOf(base.modelName) === family &&
            tensor.modelName !== base.modelName &&
            tensor.name === base.name,
        );
        expect(right.length / 14, family).toBeGreaterThanOrEqual(0.99);
      }
    }
  });

  it('finds no unrelated pair at or above `similar`', () => {
    const high = matches.filter(({ metrics }) => metrics.score >= defaultThresholds.similar);
    expect(high.length).toBeGreaterThan(300);
    for (const match of high) {
      const [a, b] = ends(match);
      expect(a, `${match.tensor.name} ${match.base.name} ${match.metrics.score}`).toBe(b);
    }
  });

  it('calls nothing identical that is not, and measures what it reports', () => {
    for (const match of matches) {
      if (match.kind !== 'identical')
        expect(match.metrics.verified, JSON.stringify(match)).toBe(true);
    }
  });
});
