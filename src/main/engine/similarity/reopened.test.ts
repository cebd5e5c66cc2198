import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobInfo, Match } from '../../../shared/domain';
import { EngineHost } from '../host';
import { SIGNATURE_VERSION } from '../kernels/signature';
import { changedOften, normalMatrix, transposed, writeMatrices } from './testing/made-variants';

/** What one engine said of the models before it was stopped. */
interface Session {
  readonly jobs: readonly JobInfo[];
  readonly matches: readonly Match[];
  /** Whether comparing the models, and matching all, started to measure anything. */
  readonly measured: readonly boolean[];
}

let root: string;
let models: string;
let data: string;
let first: Session;

/** Starts an engine on the data folder, opens the models, measures what is left, stops. */
async function session(): Promise<Session> {
  const host = await EngineHost.start({ dataFolder: data, threads: 2 });
  try {
    await host.call('sources.open', { paths: [models] });
    await host.idle();
    const [a, b] = (await host.call('models.list', null)).models;
    if (a === undefined || b === undefined) throw new Error('expected two models');
    const compared = await host.call('compare.verify', { a: a.id, b: [b.id] });
    await host.idle();
    const matched = await host.call('similarity.verify', null);
    await host.idle();
    const found = await host.call('similarity.matches', { threshold: 0.5, offset: 0, limit: 100 });
    const jobs = await host.call('jobs.list', null);
    const measured = [compared, matched].map(({ jobId }) => jobId !== null);
    return { jobs, matches: found.matches, measured };
  } finally {
    await host.stop();
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Asks the stopped engines' catalogue, or changes it. */
function catalogue(...statements: readonly string[]): Row[] {
  const database = new DatabaseSync(join(data, 'catalogue.sqlite'));
  try {
    return statements.flatMap((statement) => database.prepare(statement).all() as Row[]);
  } finally {
    database.close();
  }
}

const kindsOf = ({ jobs }: Session): string[] => jobs.map(({ kind }) => kind);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tessera-reopened-'));
  models = join(root, 'models');
  data = join(root, 'data');
  mkdirSync(models);
  const large = normalMatrix(1, 'BF16', [640, 832]);
  const small = normalMatrix(2, 'F32', [48, 80]);
  writeMatrices(models, 'a', { large, small });
  writeMatrices(models, 'b', {
    large: changedOften(large, (value) => 1.5 * value),
    small: transposed(small),
  });
  first = await session();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('A second engine on the same data folder', () => {
  it('has something to find again: the first one signed, measured and matched', () => {
    expect(kindsOf(first)).toContain('fingerprint');
    expect(first.measured[0]).toBe(true);
    expect(first.matches.map(({ kind }) => kind)).toEqual(['cast', 'near-duplicate']);
    expect(first.matches.every(({ metrics }) => metrics.verified)).toBe(true);
    expect(catalogue('SELECT version FROM signature')).toEqual(
      Array(4).fill({ version: SIGNATURE_VERSION }),
    );
  });

  it('signs nothing and measures nothing, and says the same', async () => {
    const second = await session();
    expect(kindsOf(second)).toEqual(['scan']);
    expect(second.measured).toEqual([false, false]);
    expect(second.matches).toEqual(first.matches);
  });

  it('makes signatures of another version again, and no fingerprint', async () => {
    const signatures = catalogue('SELECT * FROM signature ORDER BY hash');
    const measures = catalogue('SELECT * FROM measure ORDER BY pair');
    // Whatever stands there now is there afterwards only if no file was fingerprinted again.
    catalogue(
      `UPDATE signature SET version = ${SIGNATURE_VERSION - 1}`,
      `UPDATE fingerprint SET sha256 = x'${'5a'.repeat(32)}'`,
    );
    const fingerprints = catalogue('SELECT rowid, * FROM fingerprint ORDER BY path');
    const marks = fingerprints.map(({ sha256 }) => Buffer.from(sha256 as Uint8Array).toString());
    expect(marks).toEqual(['Z'.repeat(32), 'Z'.repeat(32)]);
    const third = await session();
    expect(catalogue('SELECT * FROM signature ORDER BY hash')).toEqual(signatures);
    expect(catalogue('SELECT rowid, * FROM fingerprint ORDER BY path')).toEqual(fingerprints);
    expect(catalogue('SELECT * FROM measure ORDER BY pair')).toEqual(measures);
    expect(third.matches).toEqual(first.matches);
    expect(third.measured).toEqual([false, false]);
    const signing = third.jobs.find(({ kind }) => kind === 'fingerprint');
    expect(signing).toMatchObject({ state: 'done', itemsDone: 2 });
    expect(signing?.total).toBeLessThan(100_000);
  });
});
