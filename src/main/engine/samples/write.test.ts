import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ForeignFileError, sampleFamily, writeSamples } from './index';
import { treeDigest } from './test-support';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-samples-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
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
