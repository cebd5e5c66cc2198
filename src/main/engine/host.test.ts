import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../shared/domain';
import { EngineHost } from './host';
import { builtFile } from './locate';
import { writeSamples } from './samples';

let root: string;
let family: string;
const hosts: EngineHost[] = [];

async function startEngine(dataFolder: string | null, auto = true): Promise<EngineHost> {
  const host = await EngineHost.start({ dataFolder, threads: 2, autoFingerprint: auto });
  hosts.push(host);
  return host;
}

async function openAndWait(host: EngineHost, path: string): Promise<readonly ModelSummary[]> {
  await host.call('sources.open', { paths: [path] });
  await host.idle();
  return (await host.call('models.list', null)).models;
}

const named = (models: readonly ModelSummary[], part: string): ModelSummary => {
  const model = models.find((candidate) => candidate.name.includes(part));
  if (model === undefined) throw new Error(`no model named ${part}`);
  return model;
};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tessera-engine-'));
  family = join(root, 'family');
  await writeSamples(family, { size: 4_000_000 });
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the engine, through its host', () => {
  it('opens a family, fingerprints it, and its numbers add up', async () => {
    const host = await startEngine(null);
    const models = await openAndWait(host, family);
    expect(models.length).toBeGreaterThanOrEqual(8);
    for (const model of models) {
      expect(model.analysis).toBe('done');
      const bytes = model.bytes;
      expect(bytes && bytes.exclusiveBytes + bytes.sharedBytes).toBe(bytes?.uniqueBytes);
      expect(bytes?.uniqueBytes).toBeLessThanOrEqual(model.logicalBytes);
    }
    const { totals } = await host.call('models.list', null);
    const report = await host.call('savings.report', null);
    expect(totals.pendingModels).toBe(0);
    expect(report.uniqueBytes).toBe(totals.uniqueBytes);
    expect(report.savedBytes).toBe(totals.logicalBytes - totals.uniqueBytes);
    expect(report.savedAcrossModels + report.savedInsideModels).toBe(report.savedBytes);
    const union = await host.call('models.union', { modelIds: models.map((model) => model.id) });
    expect(union.exclusiveBytes).toBe(totals.uniqueBytes);
    expect(union.logicalBytes).toBe(totals.logicalBytes);
  });

  it('reads nothing again after a restart, and only what changed', async () => {
    const data = join(root, 'data');
    const folder = join(root, 'changing');
    mkdirSync(folder);
    for (const name of ['one', 'two'])
      writeFileSync(join(folder, `${name}.bin`), name.repeat(9000));
    const first = await openAndWait(await startEngine(data), folder);
    await hosts.pop()?.stop();
    const again = await startEngine(data);
    expect(await openAndWait(again, folder)).toEqual(first);
    const kinds = (await again.call('jobs.list', null)).map((job) => job.kind);
    expect(kinds).toEqual(['scan']);
    appendFileSync(join(folder, 'one.bin'), 'more');
    const [source] = await again.call('sources.list', null);
    await again.call('sources.rescan', {
      sourceId: source?.id as NonNullable<typeof source>['id'],
    });
    await again.idle();
    const job = (await again.call('jobs.list', null)).find((one) => one.kind === 'fingerprint');
    expect(job).toMatchObject({ state: 'done', itemsTotal: 1 });
    const changed = named((await again.call('models.list', null)).models, 'one');
    expect(changed.logicalBytes).toBe(27_004);
    expect(changed.bytes?.uniqueBytes).toBeLessThanOrEqual(27_004);
  });

  it('keeps what was done when cancelled, and finishes the rest later', async () => {
    const data = join(root, 'cancelled');
    const host = await startEngine(data, false);
    await openAndWait(host, family);
    const started = await host.call('jobs.fingerprint', null);
    const jobId = started.jobId as NonNullable<typeof started.jobId>;
    await host.call('jobs.pause', { jobId });
    expect((await host.call('jobs.list', null)).at(-1)?.state).toBe('paused');
    await host.call('jobs.cancel', { jobId });
    await host.idle();
    const job = (await host.call('jobs.list', null)).find((one) => one.id === jobId);
    expect(job?.state).toBe('cancelled');
    const pending = (await host.call('models.list', null)).totals.pendingModels;
    expect(pending).toBeGreaterThan(0);
    await host.call('jobs.fingerprint', null);
    await host.idle();
    const { models } = await host.call('models.list', null);
    const reference = await openAndWait(await startEngine(null), family);
    expect(models).toEqual(reference);
  });

  it('counts a model once that is reached through two sources, and forgets closed ones', async () => {
    const host = await startEngine(null);
    await host.call('sources.open', { paths: [family] });
    await host.idle();
    const before = (await host.call('models.list', null)).totals;
    await host.call('sources.open', { paths: [join(family, '.')] });
    await host.idle();
    expect((await host.call('models.list', null)).totals).toEqual(before);
    for (const source of await host.call('sources.list', null)) {
      await host.call('sources.close', { sourceId: source.id });
    }
    const { models, totals } = await host.call('models.list', null);
    expect(models).toEqual([]);
    expect(totals).toMatchObject({ logicalBytes: 0, uniqueBytes: 0, models: 0 });
  });

  it('shows a copied file as wholly shared, and names each as the other’s partner', async () => {
    const folder = join(root, 'copies');
    mkdirSync(folder);
    writeFileSync(join(folder, 'one.bin'), Buffer.alloc(3_000_000, 'tessera'));
    copyFileSync(join(folder, 'one.bin'), join(folder, 'two.bin'));
    const host = await startEngine(null);
    const models = await openAndWait(host, folder);
    for (const model of models) expect(model.bytes?.exclusiveBytes).toBe(0);
    const detail = await host.call('models.detail', { modelId: named(models, 'one').id });
    expect(detail.sharesWith).toEqual([
      {
        modelId: named(models, 'two').id,
        name: 'two',
        sharedBytes: detail.bytes?.uniqueBytes,
      },
    ]);
    expect(detail.fileList[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses what does not exist with a code and a sentence', async () => {
    const host = await startEngine(null);
    const modelId = '0123456789abcdef' as ModelSummary['id'];
    await expect(host.call('models.detail', { modelId })).rejects.toMatchObject({
      code: 'not-found',
      message: 'This model is no longer open.',
    });
    const missing = join(root, 'nowhere');
    await openAndWait(host, missing);
    expect(await host.call('sources.list', null)).toMatchObject([{ state: 'missing', models: 0 }]);
    expect((await host.call('problems.list', null))[0]?.file).toContain('nowhere');
  });

  it('is replaced when its thread dies, and opens again what was open', async () => {
    const die = join(root, 'die');
    const wrapper = join(root, 'mortal-engine.mjs');
    writeFileSync(
      wrapper,
      `import { existsSync, rmSync } from 'node:fs';
       setInterval(() => { if (existsSync(${JSON.stringify(die)})) { rmSync(${JSON.stringify(die)}); throw new Error('told to'); } }, 20).unref();
       await import(${JSON.stringify(builtFile('engine-worker.js').href)});`,
    );
    const host = await EngineHost.start({ dataFolder: null, threads: 1 }, pathToFileURL(wrapper));
    hosts.push(host);
    const before = await openAndWait(host, join(root, 'copies'));
    const deaths: string[] = [];
    host.on('engine.died', ({ reason }) => deaths.push(reason));
    const reopened = new Promise<void>((resolve) => {
      host.on('sources.changed', () => resolve());
    });
    writeFileSync(die, '');
    await reopened;
    await host.idle();
    expect((await host.call('models.list', null)).models).toEqual(before);
    expect(deaths).toEqual(['The engine stopped unexpectedly (told to) and was started again.']);
  });
});
