import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain';
import { blobDigest, ollamaManifest, ollamaName, partialDigest } from './ollama-manifest';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';

const tree = freshTree();
const image = 'application/vnd.ollama.image.';
const registry = 'registry.ollama.ai/library';

/** Puts a blob under its own digest; returns the digest. */
function blob(content: Uint8Array | string, separator = '-'): string {
  const hex = createHash('sha256').update(content).digest('hex');
  tree.put(`blobs/sha256${separator}${hex}`, content);
  return hex;
}

interface Layer {
  readonly kind: string;
  readonly digest: string;
  readonly size?: number;
}

function manifest(path: string, layers: readonly Layer[], config?: string): string {
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    ...(config === undefined
      ? {}
      : {
          config: {
            mediaType: 'application/vnd.docker.container.image.v1+json',
            digest: `sha256:${config}`,
          },
        }),
    layers: layers.map(({ kind, digest, size }) => ({
      mediaType: image + kind,
      digest: `sha256:${digest}`,
      ...(size === undefined ? {} : { size }),
    })),
  });
  return tree.put(`manifests/${path}`, text);
}

const kindsOf = (problems: readonly Problem[]) => problems.map(({ kind }) => kind);

describe('an Ollama store', () => {
  it('gives one model per tag, named as people name it, with its weights and sidecars', async () => {
    const model = blob(weights('t'));
    const adapter = blob(weights('lora'));
    const template = blob('{{ .Prompt }}');
    const params = blob('{"stop":["<|end|>"],"temperature":0.5}');
    const license = blob('MIT');
    const config = blob('{"model_family":"llama","file_type":"Q4_0"}');
    const layers = [
      { kind: 'model', digest: model, size: weights('t').length },
      { kind: 'adapter', digest: adapter },
      { kind: 'template', digest: template },
      { kind: 'license', digest: license },
      { kind: 'params', digest: params },
    ];
    manifest(`${registry}/llama3/8b`, layers, config);
    const found = await tree.find();
    expect(found.problems).toEqual([]);
    expect(namesOf(found)).toEqual(['llama3:8b']);
    expect(found.list[0]).toMatchObject({ kind: 'folder', folder: tree.root });
    expect(filesOf(found.list[0])?.toSorted()).toEqual(
      [
        ...[model, adapter].map((hex) => `weights blobs/sha256-${hex}`),
        ...[template, params, license, config].map((hex) => `sidecar blobs/sha256-${hex}`),
        `sidecar manifests/${registry}/llama3/8b`,
      ].toSorted(),
    );
    expect(found.list[0]?.metadata).toEqual({
      'ollama.config': { model_family: 'llama', file_type: 'Q4_0' },
      'ollama.template': '{{ .Prompt }}',
      'ollama.license': 'MIT',
      'ollama.params': { stop: ['<|end|>'], temperature: 0.5 },
      store: { kind: 'Ollama', repository: 'llama3:8b' },
    });
  });

  it('shows a blob that several tags share in each, as one file on disk', async () => {
    const shared = blob(weights('t'));
    for (const tag of ['8b', 'latest']) {
      manifest(`${registry}/llama3/${tag}`, [{ kind: 'model', digest: shared }]);
    }
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['llama3:8b', 'llama3:latest']);
    expect(new Set(found.list.map(({ id }) => id)).size).toBe(2);
    const inodes = found.list.map(
      ({ files }) => files.find(({ role }) => role === 'weights')?.stamp.inode,
    );
    expect(new Set(inodes).size).toBe(1);
    expect(found.problems).toEqual([]);
  });

  it('reports a broken blob once, however many tags share it', async () => {
    const broken = blob(weights('t').subarray(0, 60));
    for (const tag of ['a', 'b']) {
      manifest(`${registry}/m/${tag}`, [{ kind: 'model', digest: broken }]);
    }
    const found = await tree.find();
    expect(found.list).toHaveLength(2);
    expect(found.problems.length).toBeLessThanOrEqual(1);
  });

  it('takes blobs with a colon, and one tensor per blob', async () => {
    const layers = ['a', 'b'].map((name) => ({ kind: 'tensor', digest: blob(weights(name), ':') }));
    manifest(`${registry}/mlx/4b`, layers);
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['mlx:4b']);
    expect(found.list[0]?.tensors.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    expect(found.problems).toEqual([]);
  });

  it('lists what no manifest names: as a problem with its size, and as a model', async () => {
    const used = blob(weights('t'));
    manifest(`${registry}/m/1`, [{ kind: 'model', digest: used }]);
    const readable = blob(weights('left', 'over'));
    const opaque = blob(large());
    const small = blob('a template of long ago');
    const found = await tree.find();
    const orphans = [readable, opaque].map((hex) => `orphan ${hex.slice(0, 12)}`);
    expect(namesOf(found).toSorted()).toEqual(['m:1', ...orphans].toSorted());
    expect(found.problems).toHaveLength(3);
    for (const hex of [readable, opaque, small]) {
      const problem = found.problems.find(({ file }) => file.endsWith(hex));
      expect(problem).toMatchObject({ kind: 'orphan', error: 'No manifest names this blob.' });
      expect(problem?.bytes).toBeGreaterThan(0);
    }
    expect(found.list.find(({ name }) => name === orphans[0])?.tensors).toHaveLength(2);
    expect(found.list.find(({ name }) => name === orphans[0])?.metadata.store).toEqual({
      kind: 'Ollama',
      category: 'Orphan',
    });
  });

  it('calls nothing safe to delete while a manifest cannot be read', async () => {
    const model = blob(weights('t'));
    const file = tree.put(`manifests/${registry}/m/1`, '{"layers": [');
    const found = await tree.find();
    expect(kindsOf(found.problems)).toEqual(['malformed', 'orphan']);
    expect(found.problems[0]).toMatchObject({ file, offset: 12 });
    expect(found.problems[1]?.file).toMatch(model);
    expect(found.problems[1]?.hint).toMatch(/may name it: repair that before deleting/);
  });

  it('lists an unfinished download once, with what it takes on disk', async () => {
    mkdirSync(join(tree.root, 'blobs'));
    mkdirSync(join(tree.root, 'manifests'));
    const hex = 'a'.repeat(64);
    const path = join(tree.root, 'blobs', `sha256-${hex}-partial`);
    writeFileSync(path, new Uint8Array(8192));
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, 1024 * 1024 * 1024);
    closeSync(descriptor);
    for (const part of [0, 1]) tree.put(`blobs/sha256-${hex}-partial-${part}`, '{"N":0}');
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(kindsOf(found.problems)).toEqual(['partial-download']);
    expect(found.problems[0]?.file).toBe(path);
    expect(found.problems[0]?.bytes).toBeGreaterThanOrEqual(8192);
    expect(found.problems[0]?.bytes).toBeLessThan(1024 * 1024);
  });

  it('reports blobs that are missing, and what is there instead', async () => {
    const model = blob(weights('t'));
    const absent = 'b'.repeat(64);
    const partial = 'c'.repeat(64);
    tree.put(`blobs/sha256-${partial}-partial`, 'xx');
    manifest(`${registry}/m/1`, [
      { kind: 'model', digest: model },
      { kind: 'projector', digest: absent },
    ]);
    manifest(`${registry}/m/2`, [{ kind: 'model', digest: partial }]);
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['m:1']);
    const missing = found.problems.filter(({ kind }) => kind === 'missing-shard');
    expect(missing).toMatchObject([
      { file: join(tree.root, 'blobs', `sha256-${absent}`), found: '1 blobs' },
      { found: 'a download that was not finished' },
    ]);
  });

  it('reports a blob whose size is not what its manifest says', async () => {
    const model = blob(weights('t'));
    manifest(`${registry}/m/1`, [{ kind: 'model', digest: model, size: 5 }]);
    const found = await tree.find();
    expect(found.problems).toMatchObject([{ kind: 'store', expected: '5 bytes' }]);
    expect(namesOf(found)).toEqual(['m:1']);
  });

  it('does not follow a blob out of the store', async () => {
    const outside = join(tree.outside, 'secret');
    writeFileSync(outside, large());
    const hex = 'd'.repeat(64);
    mkdirSync(join(tree.root, 'blobs'));
    symlinkSync(outside, join(tree.root, 'blobs', `sha256-${hex}`));
    manifest(`${registry}/m/1`, [{ kind: 'model', digest: hex }]);
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(kindsOf(found.problems)).toEqual(['outside-root', 'missing-shard']);
    expect(found.problems[1]?.found).toBe('a link out of the opened folder');
  });

  it('takes names as text, and survives dangling and looping links among manifests', async () => {
    const model = blob(weights('t'));
    const name = `<img src=x onerror=alert(1)>\u202e`;
    manifest(`${registry}/${name}/v\u0007`, [{ kind: 'model', digest: model }]);
    symlinkSync('nowhere', join(tree.root, 'manifests', 'gone'));
    symlinkSync(join(tree.root, 'manifests'), join(tree.root, 'manifests', 'loop'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual([`${name}:v\u0007`]);
    expect(kindsOf(found.problems)).toEqual(['unreadable']);
  });

  it('refuses a manifest over 4 MiB without reading it', async () => {
    blob(weights('t'));
    tree.put(`manifests/${registry}/m/1`, new Uint8Array(4 * 1024 * 1024 + 1));
    const [first] = (await tree.find()).problems;
    expect(first).toMatchObject({ kind: 'malformed', found: '4194305 bytes' });
  });

  it('counts a manifest at any depth, so that what it names is no orphan', async () => {
    const model = blob(weights('t'));
    manifest('host/deep/er/than/usual/tag', [{ kind: 'model', digest: model }]);
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['host/deep/er/than/usual:tag']);
    expect(found.problems).toEqual([]);
  });

  it('is found below the opened folder, with plain models beside it', async () => {
    tree.put('other/x.safetensors', weights('x'));
    const hex = createHash('sha256').update(weights('t')).digest('hex');
    tree.put(`models/blobs/sha256-${hex}`, weights('t'));
    tree.put(
      `models/manifests/${registry}/m/1`,
      JSON.stringify({ layers: [{ mediaType: `${image}model`, digest: `sha256:${hex}` }] }),
    );
    tree.put('models/y.safetensors', weights('y'));
    expect(namesOf(await tree.find())).toEqual(['m:1', 'y', 'x']);
  });

  it('keeps its ids when it is read again, and when a blob is gone', async () => {
    const model = blob(weights('t'));
    const system = blob('be kind');
    manifest(`${registry}/m/1`, [
      { kind: 'model', digest: model },
      { kind: 'system', digest: system },
    ]);
    const before = await tree.find();
    expect(await tree.find()).toEqual(before);
    rmSync(join(tree.root, 'blobs', `sha256-${system}`));
    expect((await tree.find()).list[0]?.id).toBe(before.list[0]?.id);
  });
});

describe('folders called blobs and manifests that are no store', () => {
  it('are searched like any others', async () => {
    tree.put('manifests/deployment.yaml', 'kind: Deployment');
    tree.put('blobs/a.safetensors', weights('t'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['a']);
    expect(found.problems).toEqual([]);
  });
});

describe('a manifest', () => {
  const good = 'a'.repeat(64);
  const layer = (fields: object) => ({
    mediaType: `${image}model`,
    digest: `sha256:${good}`,
    ...fields,
  });

  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['null', null],
    ['no layers', {}],
    ['layers that are no list', { layers: {} }],
    ['a layer that is no object', { layers: [1] }],
    ['a digest with a path', { layers: [layer({ digest: 'sha256:../../etc/passwd' })] }],
    ['a digest of another kind', { layers: [layer({ digest: `sha512:${good}` })] }],
    ['a digest in capitals', { layers: [layer({ digest: `sha256:${'A'.repeat(64)}` })] }],
    ['no digest', { layers: [{ mediaType: `${image}model` }] }],
    ['a media type that is no text', { layers: [layer({ mediaType: 7 })] }],
    ['a configuration with a wrong digest', { config: { digest: '../x' }, layers: [] }],
  ])('with %s is refused', (_, value) => {
    expect(() => ollamaManifest(value as never, 'm')).toThrow(/expected/);
  });

  it('names each blob once, and may have no configuration and odd sizes', () => {
    const value = { config: { digest: '' }, layers: [layer({ size: -1 }), layer({}), layer({})] };
    expect(ollamaManifest(value as never, 'm').layers).toEqual([
      { kind: 'model', digest: good, size: undefined },
    ]);
  });
});

describe('names of Ollama', () => {
  it.each([
    ['registry.ollama.ai/library/llama3/8b', 'llama3:8b'],
    ['registry.ollama.ai/mannix/llama3/latest', 'mannix/llama3:latest'],
    ['hf.co/bartowski/Llama-3.2-GGUF/Q4_K_M', 'hf.co/bartowski/Llama-3.2-GGUF:Q4_K_M'],
    ['example.org:5000/library/x/1', 'example.org:5000/library/x:1'],
  ])('%s is %s', (path, name) => {
    expect(ollamaName(path.split('/'))).toBe(name);
  });

  it('of blobs tell whole ones from parts', () => {
    const hex = '0'.repeat(64);
    expect(blobDigest(`sha256-${hex}`)).toBe(hex);
    expect(blobDigest(`sha256-${hex}-partial`)).toBeUndefined();
    expect(partialDigest(`sha256-${hex}-partial-12`)).toBe(hex);
    expect(partialDigest(`sha256-${hex}`)).toBeUndefined();
  });
});
