import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../catalogue/catalogue';
import { discover } from '../discover/discover';
import { builtFile } from '../locate';
import type { Model } from '../model/model';
import { PieceStore } from '../sharing/pieces';
import { SharingIndex } from '../sharing/sharing';
import { SignatureStore } from '../similarity/store';
import { JobBoard } from './board';
import { Fingerprints } from './fingerprint';
import { KernelPool } from './pool';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tessera-fingerprint-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function modelsOf(folder: string): Promise<Model[]> {
  const models: Model[] = [];
  await discover([folder], {
    signal: new AbortController().signal,
    onModel: (model) => models.push(model),
    onProblem: () => {},
    onProgress: () => {},
  });
  return models;
}

function engineParts(models: readonly Model[], pool: KernelPool) {
  const pieces = new PieceStore();
  const sharing = new SharingIndex(pieces);
  const board = new JobBoard(() => {});
  const catalogue = openCatalogue(null);
  const signatures = new SignatureStore(catalogue, (digest) => pieces.hex(digest));
  const fingerprints = new Fingerprints({
    catalogue,
    pool,
    pieces,
    sharing,
    signatures,
    board,
    models: () => models,
    changed: () => {},
    joined: () => {},
    left: () => {},
    settled: () => {},
  });
  return { fingerprints, board, catalogue };
}

describe('Fingerprints', () => {
  it('fails the job with a message when a worker dies, replaces it, and does the rest', async () => {
    const folder = join(root, 'mortal');
    mkdirSync(folder);
    for (const name of ['a', 'deadly', 'z'])
      writeFileSync(join(folder, `${name}.bin`), name.repeat(50_000));
    const wrapper = join(root, 'mortal-kernel.mjs');
    writeFileSync(
      wrapper,
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       const { openSync } = fs;
       fs.openSync = (path, ...rest) => {
         if (String(path).includes('deadly')) process.exit(7);
         return openSync(path, ...rest);
       };
       syncBuiltinESMExports();
       await import(${JSON.stringify(builtFile('kernel-worker.js').href)});`,
    );
    const pool = new KernelPool(1, pathToFileURL(wrapper));
    const models = await modelsOf(folder);
    const { fingerprints, board } = engineParts(models, pool);
    fingerprints.start();
    await board.idle();
    expect(board.list()[0]).toMatchObject({ state: 'failed', itemsDone: 3 });
    expect(board.list()[0]?.message).toContain('deadly.bin');
    expect(models.map((model) => fingerprints.state(model))).toEqual(['done', 'failed', 'done']);
    expect(fingerprints.problems()).toMatchObject([{ kind: 'fingerprint-failed' }]);
    await pool.stop();
  });

  it('reports a file that changed since its header was read, and keeps nothing of it', async () => {
    const folder = join(root, 'changed');
    mkdirSync(folder);
    const file = join(folder, 'a.bin');
    writeFileSync(file, 'before'.repeat(1000));
    const models = await modelsOf(folder);
    writeFileSync(file, 'after'.repeat(1000));
    const pool = new KernelPool(1);
    const { fingerprints, board } = engineParts(models, pool);
    fingerprints.start();
    await board.idle();
    expect(board.list()[0]).toMatchObject({ state: 'done' });
    expect(board.list()[0]?.message).toContain('1 file could not be fingerprinted');
    expect(fingerprints.problems()).toMatchObject([{ file, kind: 'changed-while-reading' }]);
    expect(fingerprints.stored(models[0] as Model)).toBeUndefined();
    await pool.stop();
  });

  it('ends with a message when the catalogue cannot be written', async () => {
    const folder = join(root, 'unkept');
    mkdirSync(folder);
    for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.bin`), name.repeat(1000));
    const models = await modelsOf(folder);
    const pool = new KernelPool(1);
    const { fingerprints, board, catalogue } = engineParts(models, pool);
    catalogue.close();
    fingerprints.start();
    await board.idle();
    expect(board.list()[0]?.message).toContain('2 files could not be fingerprinted');
    expect(fingerprints.problems()[0]?.error).toContain('could not be kept in the catalogue');
    await pool.stop();
  });

  it('finds a Hugging Face blob that is not what its name says, and only that one', async () => {
    const blobs = join(root, 'models--org--name', 'blobs');
    const snapshot = join(root, 'models--org--name', 'snapshots', 'a'.repeat(40));
    mkdirSync(blobs, { recursive: true });
    mkdirSync(snapshot, { recursive: true });
    const good = createHash('sha256').update('good').digest('hex');
    const wrong = createHash('sha256').update('another').digest('hex');
    for (const [name, digest] of [
      ['good', good],
      ['wrong', wrong],
    ] as const) {
      writeFileSync(join(blobs, digest), name);
      symlinkSync(join(blobs, digest), join(snapshot, `${name}.bin`));
    }
    const models = await modelsOf(join(root, 'models--org--name'));
    const pool = new KernelPool(1);
    const { fingerprints, board } = engineParts(models, pool);
    fingerprints.start();
    await board.idle();
    expect(fingerprints.problems()).toMatchObject([
      { file: join(blobs, wrong), kind: 'wrong-digest', expected: `SHA-256 ${wrong}` },
    ]);
    await pool.stop();
  });
});
