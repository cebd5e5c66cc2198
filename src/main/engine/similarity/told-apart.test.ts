import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import {
  type CompareRow,
  defaultThresholds,
  type Match,
  type TensorRef,
} from '../../../shared/domain';
import { EngineHost } from '../host';
import { KernelPool } from '../jobs/pool';
import type { SampleDtype } from '../samples/dtypes';
import { fingerprintedParts } from './testing/engine-parts';
import {
  changedOften,
  changedOnce,
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

/** Fewer elements than a signature samples, so that it has them all; and many more, over 1 MiB. */
const shapesOf = (dtype: SampleDtype): Readonly<Record<string, readonly [number, number]>> => ({
  small: [48, 80],
  large: dtype === 'F32' ? [640, 416] : [640, 832],
});

interface Case {
  /** Makes the base of unrelated normal values; left out: it is they. */
  readonly base?: (made: Matrix) => Matrix;
  readonly other: (base: Matrix, unrelated: Matrix) => Matrix;
}

const zerosInRow = (dtype: SampleDtype, length: number): Matrix => ({
  dtype,
  shape: [1, length],
  values: new Float32Array(length),
});

const inRow = (matrix: Matrix): Matrix => ({ ...matrix, shape: [1, matrix.values.length] });

const sameDtype = {
  permuted: { other: permutedRows },
  'permuted and grown': { other: (base, more) => longer(permutedRows(base), more, 8) },
  doubled: { other: doubled },
  'one sign flipped': { other: (base) => changedOnce(base, (value) => -value) },
  'one NaN': { other: (base) => changedOnce(base, () => Number.NaN) },
  'many NaNs': { other: (base) => changedOften(base, () => Number.NaN) },
  'one zero negative': {
    base: (made) =>
      changedOften(
        changedOnce(made, () => 0),
        () => 0,
      ),
    other: (base) => changedOnce(base, () => -0),
  },
  'zeros and more of them': {
    base: (made) => filled(made, 0),
    other: (base) => longer(base, base, 3),
  },
  'zeros in a row and more of them': {
    base: (made) => zerosInRow(made.dtype, made.values.length - 48),
    other: ({ dtype, values }) => zerosInRow(dtype, values.length + 16),
  },
  unrelated: { other: (_, unrelated) => unrelated },
  'unrelated values in a row of other lengths': {
    base: inRow,
    other: (_, { values, ...rest }) => inRow({ ...rest, values: values.slice(48) }),
  },
  transposed: { other: transposed },
} satisfies Readonly<Record<string, Case>>;

/** Bases are F32. */
const otherDtype = {
  'equal bytes of zeros': {
    base: (made) => zerosInRow('F32', made.values.length - 100),
    other: ({ values }) => zerosInRow('BF16', 2 * values.length),
  },
  'exact BF16': { base: roundedToBf16, other: (base) => ({ ...base, dtype: 'BF16' }) },
  'exact F16': { base: roundedToF16, other: (base) => ({ ...base, dtype: 'F16' }) },
  'rounded to BF16': { other: (base) => ({ ...base, dtype: 'BF16' }) },
  'transposed BF16': { other: (base) => ({ ...transposed(base), dtype: 'BF16' }) },
  'BF16 but for one': {
    base: roundedToBf16,
    other: (base) => ({ ...changedOnce(base, (value) => value * (1 + 2 ** -7)), dtype: 'BF16' }),
  },
} satisfies Readonly<Record<string, Case>>;

type CaseName = keyof typeof sameDtype | keyof typeof otherDtype;

let root: string;
let host: EngineHost;
let matches: readonly Match[];
const compared = new Map<string, readonly CompareRow[]>();

/** What the comparison of a case says, measured; of `turned` ones the other is the base. */
function rowsOf(name: CaseName, turned = false): readonly CompareRow[] {
  const rows = compared.get(`${name}${turned ? ' turned' : ''}`) ?? [];
  expect(rows.length, name).toBeGreaterThanOrEqual(2);
  return rows;
}

/** Matches of a case's own tensors, whatever with, of at least a score. */
const matchesOf = (name: CaseName, floor: number): Match[] =>
  matches.filter(
    ({ tensor, base, metrics }) =>
      [tensor, base].some(({ modelName }) => modelName.startsWith(`${name}, `)) &&
      metrics.score >= floor,
  );

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tessera-apart-'));
  for (const [name, made] of Object.entries(sameDtype)) {
    writeCase(name, made, ['F32', 'F16', 'BF16']);
  }
  for (const [name, made] of Object.entries(otherDtype)) writeCase(name, made, ['F32']);
  host = await EngineHost.start({ dataFolder: null, threads: 2 });
  await host.call('sources.open', { paths: [root] });
  await host.idle();
  for (const name of [...Object.keys(sameDtype), ...Object.keys(otherDtype)]) {
    const [base, other] = [await idOf(`${name}, base`), await idOf(`${name}, other`)];
    compared.set(name, await measured(base, other));
    compared.set(`${name} turned`, await measured(other, base));
  }
  await host.call('similarity.verify', null);
  await host.idle();
  ({ matches } = await host.call('similarity.matches', { threshold: 0.5, offset: 0, limit: 5000 }));
}, 120_000);
afterAll(async () => {
  await host.stop();
  rmSync(root, { recursive: true, force: true });
});

let seed = 50;
function writeCase(name: string, made: Case, dtypes: readonly SampleDtype[]): void {
  const tensors = { base: {} as Record<string, Matrix>, other: {} as Record<string, Matrix> };
  for (const dtype of dtypes) {
    for (const [size, shape] of Object.entries(shapesOf(dtype))) {
      const own = normalMatrix(seed++, dtype, shape);
      const base = made.base?.(own) ?? own;
      tensors.base[`${dtype}.${size}.weight`] = base;
      tensors.other[`${dtype}.${size}.weight`] = made.other(
        base,
        normalMatrix(seed++, dtype, shape),
      );
    }
  }
  writeMatrices(root, `${name}, base`, tensors.base);
  writeMatrices(root, `${name}, other`, tensors.other);
}

async function idOf(name: string): Promise<ModelId> {
  const { models } = await host.call('models.list', null);
  const model = models.find((each) => each.name === name);
  if (model === undefined) throw new Error(`no model is called ${name}`);
  return model.id;
}

async function measured(a: ModelId, b: ModelId): Promise<readonly CompareRow[]> {
  await host.call('compare.verify', { a, b: [b] });
  await host.idle();
  const page = await host.call('compare.page', {
    a,
    b: [b],
    filter: { differencesOnly: false, text: '', prefix: '', model: null },
    sort: { key: 'file', direction: 'ascending' },
    offset: 0,
    limit: 100,
  });
  return page.rows;
}

const describeRow = ({ tensor, status, metrics }: CompareRow): string =>
  `${tensor?.modelName} ${tensor?.name}: ${status} ${metrics?.score}`;

describe('Tensors that differ', () => {
  it('are never identical, in no comparison and no match', () => {
    const all = [...compared.values()].flat();
    expect(all.length).toBe(2 * (12 * 6 + 6 * 2));
    for (const row of all) expect(row.status, describeRow(row)).not.toBe('identical');
    expect(matches.length).toBeGreaterThan(30);
    for (const match of matches) expect(match.kind, JSON.stringify(match)).not.toBe('identical');
  });

  it('are not near when the rows are the same ones in another order', () => {
    for (const row of [...rowsOf('permuted'), ...rowsOf('permuted', true)]) {
      expect(row.status, describeRow(row)).toBe('different');
      expect(Math.abs(row.metrics?.score ?? 1), describeRow(row)).toBeLessThan(0.1);
    }
    expect(matchesOf('permuted', 0.5)).toEqual([]);
  });

  it('are not near when one is the double of the other, though their cosine is 1', () => {
    for (const row of [...rowsOf('doubled'), ...rowsOf('doubled', true)]) {
      expect(row.status, describeRow(row)).toBe('different');
      expect(row.metrics?.cosine, describeRow(row)).toBeCloseTo(1, 6);
      expect(row.metrics?.score, describeRow(row)).toBeCloseTo(0.8, 3);
    }
    expect(matchesOf('doubled', defaultThresholds.similar)).toEqual([]);
  });

  it.each(['one sign flipped', 'one NaN', 'many NaNs', 'one zero negative'] as const)(
    'are near, with bits that differ: %s',
    (name) => {
      for (const row of [...rowsOf(name), ...rowsOf(name, true)]) {
        expect(row, describeRow(row)).toMatchObject({ status: 'near', nearDuplicate: true });
        expect(row.metrics?.verified).toBe(true);
        expect(row.metrics?.differingBits, describeRow(row)).toBeGreaterThan(0);
      }
      const found = matchesOf(name, defaultThresholds.similar);
      expect(found.map(({ tensor }) => tensor.name).sort()).toEqual([
        'BF16.large.weight',
        'BF16.small.weight',
        'F16.large.weight',
        'F16.small.weight',
        'F32.large.weight',
        'F32.small.weight',
      ]);
      for (const { kind, tensor, base, metrics } of found) {
        expect(kind).toBe('near-duplicate');
        expect([tensor.modelName, base.modelName]).toEqual([`${name}, other`, `${name}, base`]);
        expect(base.name).toBe(tensor.name);
        expect(metrics.verified && metrics.differingBits > 0, tensor.name).toBe(true);
      }
    },
  );

  it('are no match when they have nothing in common but their shape', () => {
    for (const name of ['unrelated', 'unrelated values in a row of other lengths'] as const) {
      for (const row of [...rowsOf(name), ...rowsOf(name, true)]) {
        expect(row.status, describeRow(row)).toBe('different');
        expect(row.rows, describeRow(row)).toBeNull();
      }
      expect(matchesOf(name, 0.5)).toEqual([]);
    }
  });
});

describe('Zeros of another length', () => {
  /** Of a case's tensors, whatever with. */
  const ofOtherLengths = (name: CaseName): Match[] =>
    matchesOf(name, 0.5).filter(({ tensor, base }) => elementsOf(tensor) !== elementsOf(base));

  it('are no match where they have no rows', () => {
    const name = 'zeros in a row and more of them';
    for (const row of rowsOf(name)) expect(row.status, describeRow(row)).toBe('different');
    expect(ofOtherLengths(name)).toEqual([]);
  });

  it('are alike as far as they have equal rows, which are counted', () => {
    const name = 'zeros and more of them';
    for (const row of rowsOf(name)) {
      const rows = row.tensor?.shape[0] ?? 0;
      expect(row.metrics, describeRow(row)).toBeNull();
      expect(row.rows).toEqual({ prefix: rows, common: rows + 3, rows: rows + 3, baseRows: rows });
    }
    const found = ofOtherLengths(name);
    expect(found).toHaveLength(6);
    for (const { tensor, rows, metrics } of found) {
      expect(rows, tensor.name).toMatchObject({
        common: rows?.rows,
        baseRows: (rows?.rows ?? 0) + 3,
      });
      expect(metrics.score).toBeLessThan(1);
    }
  });
});

const elementsOf = ({ shape }: TensorRef): number =>
  shape.reduce((product, side) => product * side, 1);

describe('Tensors whose bytes follow from each other', () => {
  it('are a cast when rows and columns are exchanged', () => {
    for (const row of [...rowsOf('transposed'), ...rowsOf('transposed', true)]) {
      expect(row, describeRow(row)).toMatchObject({ status: 'cast', transposed: true });
      expect(row.metrics).toMatchObject({ score: 1, verified: true });
    }
    const found = matchesOf('transposed', 0.5);
    expect(found).toHaveLength(6);
    for (const match of found) expect(match).toMatchObject({ kind: 'cast', transposed: true });
  });

  it.each(['exact BF16', 'exact F16', 'rounded to BF16'] as const)(
    'are a cast in both directions: %s',
    (name) => {
      for (const row of [...rowsOf(name), ...rowsOf(name, true)]) {
        expect(row, describeRow(row)).toMatchObject({ status: 'cast', transposed: false });
        expect(row.metrics?.verified).toBe(true);
      }
      const found = matchesOf(name, 0.5);
      expect(found).toHaveLength(2);
      for (const match of found) expect(match).toMatchObject({ kind: 'cast', transposed: false });
    },
  );

  it('are a cast when converted and transposed at once', () => {
    const name = 'transposed BF16';
    for (const row of [...rowsOf(name), ...rowsOf(name, true)]) {
      expect(row, describeRow(row)).toMatchObject({ status: 'cast', transposed: true });
      expect(row.metrics?.verified).toBe(true);
    }
  });

  it('are no cast when one value of all is not what conversion gives', () => {
    const name = 'BF16 but for one';
    for (const row of [...rowsOf(name), ...rowsOf(name, true)]) {
      expect(row, describeRow(row)).toMatchObject({ status: 'near', nearDuplicate: true });
    }
    for (const { kind } of matchesOf(name, 0.5)) expect(kind).toBe('near-duplicate');
  });
});

describe('Rows in another order', () => {
  it('are all found where rows were added, too', () => {
    for (const row of rowsOf('permuted and grown')) {
      const rows = row.tensor?.shape[0] ?? 0;
      expect(row.rows, describeRow(row)).toEqual({
        prefix: 0,
        common: rows,
        rows: rows + 8,
        baseRows: rows,
      });
    }
    const found = matchesOf('permuted and grown', 0.5);
    expect(found).toHaveLength(6);
    for (const { rows } of found) {
      expect(rows).toMatchObject({
        prefix: 0,
        common: rows?.rows,
        baseRows: (rows?.rows ?? 0) + 8,
      });
    }
  });

  it('are all found in a tensor of equal length when rows are asked for', async () => {
    const pool = new KernelPool(1);
    const folder = mkdtempSync(join(tmpdir(), 'tessera-apart-'));
    try {
      for (const dtype of ['F32', 'F16', 'BF16'] as const) {
        for (const [size, shape] of Object.entries(shapesOf(dtype))) {
          const base = normalMatrix(seed++, dtype, shape);
          writeMatrices(folder, `${dtype} ${size}`, { base, permuted: permutedRows(base) });
        }
      }
      const { similarity } = await fingerprintedParts(folder, pool);
      for (const { similar } of similarity.members.all()) {
        const [b, a] = similar.tensors.map(({ signed }) => similarity.members.placeOf(signed));
        if (a === undefined || b === undefined) throw new Error('expected two signed tensors');
        const pairs = [{ a: a.target, b: b.target, how: 'rows' }] as const;
        const outcome = await pool.lane().run({ kind: 'pair', a: a.file, b: b.file, pairs });
        const rows = b.target.rows;
        expect(outcome.kind === 'done' && outcome.result.measures, similar.name).toEqual([
          { how: 'rows', prefix: 0, common: rows, rows, baseRows: rows },
        ]);
      }
      expect(similarity.members.all()).toHaveLength(6);
    } finally {
      await pool.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
