import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { type CompareRow, defaultThresholds, type Match } from '../../../shared/domain';
import { EngineHost } from '../host';
import { KernelPool } from '../jobs/pool';
import type { RowMeasure } from '../kernels/messages';
import type { SampleDtype } from '../samples/dtypes';
import { fingerprintedParts } from './testing/engine-parts';
import {
  changedAt,
  doubled,
  filled,
  longer,
  type Matrix,
  normalMatrix,
  permutedRows,
  roundedToBf16,
  roundedToF16,
  transposed,
  writeMatrices,
} from './testing/made-variants';

const dtypes = ['F32', 'F16', 'BF16'] as const;

/** Fewer elements than a signature samples, so that it has all; and many more, over 1 MiB. */
const shapesOf = (dtype: SampleDtype): readonly (readonly [number, number])[] => [
  [48, 80],
  dtype === 'F32' ? [640, 416] : [640, 832],
];

interface Case {
  readonly base?: (made: Matrix) => Matrix;
  readonly other: (base: Matrix, unrelated: Matrix) => Matrix;
}

const once = Number.POSITIVE_INFINITY;
const middle = ({ values }: Matrix): number => Math.floor(values.length / 2) + 5;

const cases = {
  permuted: { other: permutedRows },
  'permuted, with more': {
    other: (base, unrelated) =>
      longer(permutedRows(base), { ...unrelated, shape: [8, base.shape[1]], values: unrelated.values.slice(0, 8 * base.shape[1]) }),
  },
  doubled: { other: doubled },
  flipped: { other: (base) => changedAt(base, { first: middle(base), step: once }, (v) => -v) },
  'one NaN': { other: (base) => changedAt(base, { first: middle(base), step: once }, () => NaN) },
  'many NaNs': { other: (base) => changedAt(base, { first: 7, step: 100 }, () => NaN) },
  zeros: {
    base: (made) => filled(made, 0),
    other: (base) => longer(base, { ...base, shape: [1, base.shape[1]], values: new Float32Array(base.shape[1]) }),
  },
  unrelated: { other: (_, unrelated) => unrelated },
  transposed: { other: transposed },
  'one zero negative': {
    base: (made) => changedAt(made, { first: 3, step: 50 }, () => 0),
    other: (base) => changedAt(base, { first: 53, step: once }, () => -0),
  },
} satisfies Readonly<Record<string, Case>>;
type CaseName = keyof typeof cases;
const caseNames = Object.keys(cases) as CaseName[];

let root: string;
let host: EngineHost;
let matches: readonly Match[];
const rows = new Map<CaseName, readonly CompareRow[]>();

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tessera-apart-'));
  let seed = 50;
  for (const name of caseNames) {
    const { base: makeBase, other }: Case = cases[name];
    const bases: Record<string, Matrix> = {};
    const others: Record<string, Matrix> = {};
    for (const dtype of dtypes) {
      for (const [at, shape] of shapesOf(dtype).entries()) {
        const made = normalMatrix(seed++, dtype, shape);
        const tensor = `${dtype}.${at === 0 ? 'small' : 'large'}.weight`;
        const base = makeBase?.(made) ?? made;
        bases[tensor] = base;
        others[tensor] = other(base, normalMatrix(seed++, dtype, shape));
      }
    }
    writeMatrices(root, `${name} base`, bases);
    writeMatrices(root, `${name} other`, others);
  }
  host = await EngineHost.start({ dataFolder: null, threads: 2 });
  await host.call('sources.open', { paths: [root] });
  await host.idle();
  for (const name of caseNames) rows.set(name, await compared(host, `${name} base`, `${name} other`));
  await host.call('similarity.verify', null);
  await host.idle();
  ({ matches } = await host.call('similarity.matches', { threshold: 0.5, offset: 0, limit: 5000 }));
}, 120_000);
afterAll(async () => {
  await host.stop();
  rmSync(root, { recursive: true, force: true });
});

describe('debug', () => {
  it('shows', () => {
    for (const [name, list] of rows)
      for (const r of list) console.log(name, r.tensor?.name, r.status, r.nearDuplicate, r.transposed, r.metrics?.score, r.metrics?.verified, JSON.stringify(r.rows));
    for (const m of matches) console.log(m.kind, m.tensor.modelName, m.tensor.name, m.base.modelName, m.base.name, m.transposed, m.metrics.score, JSON.stringify(m.rows));
  });
});

async function idOf(engine: EngineHost, name: string): Promise<ModelId> {
  const { models } = await engine.call('models.list', null);
  const model = models.find((each) => each.name === name);
  if (model === undefined) throw new Error(`no model is called ${name}`);
  return model.id;
}

/** Every row of a comparison, measured. */
async function compared(
  engine: EngineHost,
  base: string,
  other: string,
): Promise<readonly CompareRow[]> {
  const models = { a: await idOf(engine, base), b: [await idOf(engine, other)] };
  await engine.call('compare.verify', models);
  await engine.idle();
  const page = await engine.call('compare.page', {
    ...models,
    filter: { differencesOnly: false, text: '', prefix: '', model: null },
    sort: { key: 'file', direction: 'ascending' },
    offset: 0,
    limit: 100,
  });
  return page.rows;
}
