import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, open, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FragmentId } from '../../../shared/base';
import type { Manifest, ManifestFile, ManifestSegment } from '../../../shared/domain';
import { writeSamples } from '../samples';
import { buildManifest, contentId, totalsOf } from './build';
import { modelInput, writeOddModel } from './test-support';
import { verifyManifest } from './verify';

let folder = '';
let manifest: Manifest;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-verify-'));
  manifest = await writeOddModel(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function flip(path: string, offset: number): Promise<void> {
  const handle = await open(join(folder, path), 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await handle.write(byte, 0, 1, offset);
  await handle.close();
}

const findings = async () => (await verifyManifest(manifest, folder)).findings;

describe('verifying a manifest against files', () => {
  it('finds nothing when they are what it says, and counts them', async () => {
    expect(await verifyManifest(manifest, folder)).toEqual({
      files: 3,
      bytes: manifest.totals.logicalBytes,
      findings: [],
    });
  });

  it('finds nothing in a family of shards with fragments over several windows', async () => {
    const root = join(folder, 'samples');
    await writeSamples(root, { size: 50_000_000 });
    const input = await modelInput(root, [
      'nova-checkpoint-2000.safetensors',
      'quasar-base.safetensors',
    ]);
    const large = buildManifest(input);
    const seen: number[] = [];
    const check = await verifyManifest(large, root, { onProgress: (done) => seen.push(done) });
    expect(check.findings).toEqual([]);
    expect(seen.at(-1)).toBe(large.totals.logicalBytes);
  });

  it('finds a flipped byte in a tensor: fragment, tensor, and the file', async () => {
    await flip('weights/part.bin', 4321);
    const found = await findings();
    expect(found.map(({ offset, expected }) => [offset, expected.split(' ')[0]])).toEqual([
      [4000, 'fragment'],
      [4000, 'tensor'],
      [undefined, 'SHA-256'],
    ]);
    expect(found.every(({ file }) => file === 'weights/part.bin')).toBe(true);
  });

  it('finds a flipped byte in a tied and an overlapping tensor', async () => {
    await flip('weights/part.bin', 700);
    const tensors = (await findings()).filter(({ expected }) => expected.startsWith('tensor'));
    expect(tensors.map(({ offset }) => offset)).toEqual([100, 100, 600]);
  });

  it('finds a flipped byte between tensors', async () => {
    await flip('weights/part.bin', 3500);
    const found = await findings();
    expect(found.map(({ expected }) => expected.split(' ')[0])).toEqual(['fragment', 'SHA-256']);
  });

  it('finds a flipped byte in a sidecar', async () => {
    await flip('config.json', 3);
    expect((await findings())[0]).toMatchObject({ file: 'config.json', offset: 0 });
  });

  it('finds a missing file, and goes on with the others', async () => {
    await rm(join(folder, 'config.json'));
    await flip('weights/part.bin', 4321);
    const found = await findings();
    expect(found[0]).toEqual({
      file: 'config.json',
      expected: 'a readable file',
      found: 'no such file',
    });
    expect(found).toHaveLength(4);
  });

  it('finds a file of another size, even an empty one', async () => {
    await appendFile(join(folder, 'empty.txt'), 'x');
    expect(await findings()).toEqual([
      { file: 'empty.txt', expected: '0 bytes', found: '1 bytes' },
    ]);
  });

  it('finds a folder and a FIFO in a file’s place, without waiting', async () => {
    await rm(join(folder, 'config.json'));
    await mkdir(join(folder, 'config.json'));
    await rm(join(folder, 'empty.txt'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(folder, 'empty.txt')]);
    const found = await findings();
    expect(found.map(({ file }) => file)).toEqual(['config.json', 'empty.txt']);
  });

  it.skipIf(process.getuid?.() === 0)('finds a file that may not be read', async () => {
    await chmod(join(folder, 'config.json'), 0);
    expect((await findings())[0]?.found).toContain('EACCES');
  });

  it('follows links as the scan does', async () => {
    await mkdir(join(folder, 'blobs'));
    await rename(join(folder, 'config.json'), join(folder, 'blobs/a'));
    await symlink(join(folder, 'blobs/a'), join(folder, 'config.json'));
    expect(await findings()).toEqual([]);
    await rm(join(folder, 'blobs/a'));
    expect((await findings())[0]?.found).toBe('no such file');
  });

  it('tells the first hundred differences of a file and counts the rest', async () => {
    manifest = withSegments((segments) =>
      segments.map((segment) => {
        if (segment.kind !== 'bytes' || segment.length < 200) return segment;
        const fragments = Array.from({ length: segment.length }, (_, at) => ({
          offset: segment.offset + at,
          length: 1,
          id: '0'.repeat(64) as FragmentId,
        }));
        return { ...segment, fragments };
      }),
    );
    manifest = { ...manifest, totals: totalsOf(manifest.files, manifest.tensors) };
    const found = await findings();
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toMatchObject({ file: 'weights/part.bin', found: '3300 more' });
  });

  it('stops when cancelled', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(verifyManifest(manifest, folder, { signal })).rejects.toThrow('enough');
  });
});

/** The manifest with one file changed; its content id follows, its totals do not. */
function withFile(index: number, change: Partial<ManifestFile>): Manifest {
  const files = manifest.files.map((file, at) => (at === index ? { ...file, ...change } : file));
  return { ...manifest, files, model: { ...manifest.model, id: contentId(files) } };
}

function withSegments(change: (segments: ManifestSegment[]) => ManifestSegment[]): Manifest {
  const file = manifest.files[2];
  if (file === undefined) throw new Error('no file');
  return withFile(2, { segments: change([...file.segments]) });
}

describe('verifying a manifest that does not fit together', () => {
  const first = async (changed: Manifest) => (await verifyManifest(changed, folder)).findings[0];

  it('finds segments that begin too late, are too long, missing, doubled or out of order', async () => {
    const changes: ((segments: ManifestSegment[]) => ManifestSegment[])[] = [
      ([head, ...rest]) => [{ ...(head as ManifestSegment), offset: 1 }, ...rest],
      ([head, ...rest]) => [{ ...(head as ManifestSegment), length: 101 }, ...rest],
      (segments) => segments.slice(1),
      (segments) => [...segments].reverse(),
      (segments) => segments.slice(0, -1),
      (segments) => [...segments, segments.at(-1) as ManifestSegment],
    ];
    for (const change of changes) {
      const found = await first(withSegments(change));
      expect(found?.file).toBe('weights/part.bin');
      expect(found?.offset).toBeTypeOf('number');
    }
  });

  it('finds a segment that names another tensor, or none', async () => {
    for (const tensor of [3, 99]) {
      const changed = withSegments((segments) =>
        segments.map((one) =>
          one.kind === 'tensor' && one.offset === 100 ? { ...one, tensor } : one,
        ),
      );
      expect((await first(changed))?.file).toBe('weights/part.bin');
    }
  });

  it('finds fragments that leave a hole, and still compares the file', async () => {
    const changed = {
      ...manifest,
      tensors: manifest.tensors.map((tensor) => ({
        ...tensor,
        fragments: tensor.fragments.map((one) => ({ ...one, length: one.length - 1 })),
      })),
    };
    await flip('weights/part.bin', 4999);
    const found = (await verifyManifest(changed, folder)).findings;
    expect(found.some(({ expected }) => expected.startsWith('fragments up to byte'))).toBe(true);
    expect(found.some(({ expected }) => expected.startsWith('SHA-256'))).toBe(true);
  });

  it('finds a tensor beyond its file, wrong sums, layers and ids', async () => {
    const [tensor, ...tensors] = manifest.tensors;
    const [layer, ...layers] = manifest.layers;
    if (tensor === undefined || layer === undefined) throw new Error('empty manifest');
    const cases: Manifest[] = [
      { ...manifest, tensors: [{ ...tensor, offset: 4999 }, ...tensors] },
      { ...manifest, tensors: [{ ...tensor, file: 9 }, ...tensors] },
      { ...manifest, totals: { ...manifest.totals, uniqueBytes: 1 } },
      { ...manifest, layers },
      { ...manifest, layers: [{ ...layer, priority: 5 }, ...layers] },
      { ...manifest, layers: [{ ...layer, totalBytes: 5 }, ...layers] },
      { ...manifest, layers: [layer, layer, ...layers] },
      { ...manifest, model: { ...manifest.model, id: contentId([]) } },
      { ...manifest, files: [...manifest.files, ...manifest.files] },
    ];
    for (const one of cases) expect(await first(one)).toBeDefined();
  });

  it('never opens a path that leads out, whoever made the manifest object', async () => {
    const outside = withFile(0, { path: '../secret' });
    const found = (await verifyManifest(outside, folder)).findings;
    expect(found[0]).toMatchObject({
      file: '../secret',
      found: expect.stringContaining('leads out'),
    });
    expect(found.filter(({ file }) => file === '../secret')).toHaveLength(1);
  });
});
