import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain';
import { scratchFolder } from '../formats/testing/cases';
import { external, modelOf, tensor } from '../formats/testing/onnx-file';
import { safetensorsFile } from '../formats/testing/safetensors-cases';
import type { Model } from '../model/model';
import { readWeights } from './assemble';
import { type Discovered, discover } from './discover';
import { stampOf } from './walk';

let scratch = scratchFolder('discover');
let root = '';
beforeEach(() => {
  scratch = scratchFolder('discover');
  root = join(realpathSync(scratch.folder), 'root');
  mkdirSync(root);
});
afterEach(() => scratch.remove());

interface Found extends Discovered {
  readonly list: readonly Model[];
  readonly problems: readonly Problem[];
}

async function find(...paths: readonly string[]): Promise<Found> {
  const list: Model[] = [];
  const problems: Problem[] = [];
  const result = await discover(paths.length === 0 ? [root] : paths, {
    onModel: (model) => list.push(model),
    onProblem: (problem) => problems.push(problem),
  });
  for (const model of list) expectConsistent(model);
  return { ...result, list, problems };
}

function expectConsistent(model: Model): void {
  const paths = model.files.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(paths);
  expect(model.id).toMatch(/^[0-9a-f]{16}$/);
  let last = 0;
  for (const { file, offset, byteLength } of model.tensors) {
    expect(file).toBeGreaterThanOrEqual(last);
    last = file;
    expect(offset + byteLength).toBeLessThanOrEqual(model.files[file]?.stamp.size ?? -1);
  }
}

function put(path: string, content: Uint8Array | string = '{}'): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function weights(...names: readonly string[]): Buffer {
  const entries = names.map(
    (name, i) => `"${name}":{"dtype":"U8","shape":[4],"data_offsets":[${i * 4},${i * 4 + 4}]}`,
  );
  return safetensorsFile(`{${entries.join(',')}}`, new Uint8Array(names.length * 4));
}

const large = () => new Uint8Array(1024 * 1024);
const names = (found: Found) => found.list.map(({ name }) => name);
const filesOf = (model: Model | undefined) =>
  model?.files.map(({ path, role }) => `${role} ${path}`);

describe('a folder of single files', () => {
  it('gives one model per weights file, in natural order, with the same ids every time', async () => {
    for (const name of ['b10', 'b9', 'a']) put(`${name}.safetensors`, weights('t'));
    put('sub/c.safetensors', weights('t'));
    put('notes.txt', 'small and nobody’s');
    const first = await find();
    expect(names(first)).toEqual(['a', 'b9', 'b10', 'c']);
    expect(first.list.map(({ kind }) => kind)).toEqual(['file', 'file', 'file', 'file']);
    expect(first.problems).toEqual([]);
    expect(await find()).toEqual(first);
    expect(new Set(first.list.map(({ id }) => id)).size).toBe(4);
  });

  it('names a model by its folder where the file’s name says nothing', async () => {
    put('bert/model.safetensors', weights('t'));
    put('bert/config.json', '{"hidden_size": 8, "big": 12345678901234567890}');
    put('bert/tokenizer.json');
    put('unet/diffusion_pytorch_model.fp16.safetensors', weights('t'));
    const found = await find();
    expect(names(found)).toEqual(['bert', 'unet']);
    expect(filesOf(found.list[0])).toEqual([
      'sidecar config.json',
      'weights model.safetensors',
      'sidecar tokenizer.json',
    ]);
    expect(found.list[0]?.metadata).toEqual({
      'config.json': { hidden_size: 8, big: '12345678901234567890' },
    });
  });

  it('gives previews to their own model, and a configuration to nobody where it is unclear', async () => {
    put('a.safetensors', weights('t'));
    put('b.safetensors', weights('t'));
    put('a.preview.png', 'x');
    put('a.json');
    put('config.json');
    const found = await find();
    expect(filesOf(found.list[0])).toEqual([
      'sidecar a.json',
      'sidecar a.preview.png',
      'weights a.safetensors',
    ]);
    expect(filesOf(found.list[1])).toEqual(['weights b.safetensors']);
  });

  it('tells two files of one stem apart, and gives the folder’s configuration to the safetensors', async () => {
    put('bert/model.safetensors', weights('t'));
    put('bert/pytorch_model.bin', 'pickle');
    put('bert/config.json');
    const found = await find();
    expect(names(found)).toEqual(['bert (model.safetensors)', 'bert (pytorch_model.bin)']);
    expect(filesOf(found.list[0])).toEqual(['sidecar config.json', 'weights model.safetensors']);
  });
});

describe('files that nobody reads', () => {
  it('are shown as opaque with the reason: known extensions and large files', async () => {
    put('a.gguf', 'GGUF0000');
    put('b.pt', 'xx');
    put('c', large());
    put('d', 'small');
    put('tokenizer.json', large());
    const found = await find();
    expect(found.list.map(({ name, opaqueReason }) => [name, opaqueReason])).toEqual([
      ['a', 'GGUF: not read yet.'],
      ['b', 'PyTorch pickle: not read yet.'],
      ['c', 'No reader knows this format.'],
    ]);
    expect(found.problems).toEqual([]);
  });

  it('may be small when opened by path, and then come alone', async () => {
    put('readme.md');
    const found = await find(put('d', 'small'));
    expect(filesOf(found.list[0])).toEqual(['weights d']);
  });

  it('are not models while they are being downloaded', async () => {
    for (const name of ['a.incomplete', 'b.safetensors.part', 'c.crdownload']) put(name, large());
    put('d.safetensors', large());
    put('d.safetensors.aria2', 'x');
    const found = await find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind)).toEqual(Array(4).fill('partial-download'));
  });
});

describe('broken files', () => {
  it('are reported with place, expectation and a way out, and the others still show', async () => {
    put('a.safetensors', weights('t'));
    const path = put('b.safetensors', weights('t').subarray(0, 60));
    put('c.onnx', 'not a model');
    const found = await find();
    expect(found.list.map(({ name, format }) => [name, format])).toEqual([
      ['a', 'safetensors'],
      ['b', 'opaque'],
      ['c', 'opaque'],
    ]);
    expect(found.problems).toHaveLength(2);
    expect(found.problems[0]).toMatchObject({ file: path, kind: 'malformed', offset: 0 });
    expect(found.problems[0]?.hint).toMatch(/Download or copy/);
    expect(found.list[1]?.opaqueReason).toMatch(/^Broken at byte 0: expected a header of/);
    expect(found.list[1]?.files[0]?.stamp.size).toBe(60);
  });

  it('a broken configuration is a problem of its own', async () => {
    put('m/model.safetensors', weights('t'));
    put('m/config.json', '{"a": }');
    const found = await find();
    expect(found.list[0]?.format).toBe('safetensors');
    expect(found.problems[0]).toMatchObject({
      kind: 'malformed',
      file: join(root, 'm/config.json'),
    });
  });

  it('a path that is not there is a problem, and the next path is opened', async () => {
    put('a.safetensors', weights('t'));
    const found = await find(join(root, 'absent'), root);
    expect(found.problems[0]).toMatchObject({ kind: 'unreadable', found: 'ENOENT' });
    expect(names(found)).toEqual(['a']);
  });
});

describe('shards', () => {
  const shard = (n: number, total = 3) =>
    `m/model-${String(n).padStart(5, '0')}-of-${String(total).padStart(5, '0')}.safetensors`;

  function index(
    map: Readonly<Record<string, string>>,
    total = Object.keys(map).length * 4,
  ): string {
    return JSON.stringify({ metadata: { total_size: total }, weight_map: map });
  }

  it('listed in an index are one model with the index as sidecar', async () => {
    put(shard(2, 2), weights('b'));
    put(shard(1, 2), weights('a'));
    put('m/config.json');
    const map = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };
    put('m/model.safetensors.index.json', index(map));
    const found = await find();
    expect(found.problems).toEqual([]);
    expect(names(found)).toEqual(['m']);
    expect(found.list[0]?.kind).toBe('folder');
    expect(filesOf(found.list[0])).toEqual([
      'sidecar config.json',
      'weights model-00001-of-00002.safetensors',
      'weights model-00002-of-00002.safetensors',
      'sidecar model.safetensors.index.json',
    ]);
    expect(found.list[0]?.tensors.map(({ name, file }) => [name, file])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('without an index are grouped by their numbers; a missing one is reported', async () => {
    put(shard(1), weights('a'));
    put(shard(3), weights('c'));
    const found = await find();
    expect(names(found)).toEqual(['m']);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatchObject({ kind: 'missing-shard', file: join(root, shard(2)) });
  });

  it('keep the model’s id when the missing one arrives', async () => {
    put(shard(2, 2), weights('b'));
    const before = await find();
    put(shard(1, 2), weights('a'));
    expect((await find()).list[0]?.id).toBe(before.list[0]?.id);
  });

  it('beside a broken index are grouped by their numbers, and the index is reported', async () => {
    for (const n of [1, 2]) put(shard(n, 2), weights(`t${n}`));
    put('m/model.safetensors.index.json', '{"weight_map": [');
    const found = await find();
    expect(names(found)).toEqual(['m']);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems.map(({ error }) => error)).toEqual([
      expect.stringMatching(/^The shard index is broken/),
    ]);
  });

  it('of two sets in one folder are two models', async () => {
    for (const stem of ['x', 'y']) {
      for (const n of [1, 2]) put(`${stem}-0000${n}-of-00002.gguf`, 'GGUF');
    }
    expect(names(await find())).toEqual(['x', 'y']);
  });

  it.skipIf(process.platform === 'win32')('that are a folder or a pipe are missing', async () => {
    put(shard(1), weights('a'));
    mkdirSync(join(root, shard(2)));
    execFileSync('mkfifo', [join(root, shard(3))]);
    const map = Object.fromEntries([1, 2, 3].map((n) => [`t${n}`, shard(n).slice(2)]));
    put('m/model.safetensors.index.json', index({ ...map, t1: shard(1).slice(2) }));
    const found = await find();
    expect(found.problems.find(({ kind }) => kind === 'missing-shard')).toMatchObject({
      error: expect.stringMatching(/2 shards are missing of 3/),
      found: 'a folder',
    });
    expect(found.list).toHaveLength(1);
  });

  it('that an index places outside are not opened', async () => {
    writeFileSync(join(root, '..', 'evil.safetensors'), weights('x'));
    put('m/model.safetensors', weights('a'));
    put(
      'm/model.safetensors.index.json',
      index({ a: 'model.safetensors', x: '../evil.safetensors' }),
    );
    const found = await find();
    expect(found.problems.map(({ kind }) => kind)).toContain('outside-root');
    expect(filesOf(found.list[0])).toEqual([
      'weights model.safetensors',
      'sidecar model.safetensors.index.json',
    ]);
  });

  it('that disagree with their index are reported', async () => {
    put(shard(1, 2), weights('a', 'z'));
    put(shard(2, 2), weights('a'));
    const map = { a: shard(1, 2).slice(2), b: shard(2, 2).slice(2) };
    put('m/model.safetensors.index.json', index(map));
    const said = (await find()).problems.map(({ error }) => error).join('\n');
    expect(said).toMatch(/"b" is not in the shard/);
    expect(said).toMatch(/"a" is in two shards/);
    expect(said).toMatch(/"z" is in a shard, but not in the index/);
    expect(said).toMatch(/states 8 bytes of tensors; the shards hold 12/);
  });

  it('one of which is opened by path give the whole model', async () => {
    const path = put(shard(1, 2), weights('a'));
    put(shard(2, 2), weights('b'));
    put('m/other.safetensors', 'broken');
    const found = await find(path);
    expect(found.list).toHaveLength(1);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems).toEqual([]);
  });
});

describe('links', () => {
  it('to folders do not loop, and nothing is shown twice', async () => {
    put('a/model.safetensors', weights('t'));
    symlinkSync(root, join(root, 'a', 'loop'));
    symlinkSync(join(root, 'a'), join(root, 'alias'));
    symlinkSync(join(root, 'a', 'model.safetensors'), join(root, 'same.safetensors'));
    symlinkSync('self', join(root, 'self'));
    const found = await find();
    expect(names(found)).toEqual(['a']);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatchObject({ kind: 'unreadable', found: 'ELOOP' });
  });

  it('that dangle or lead outside are reported', async () => {
    writeFileSync(join(root, '..', 'out.safetensors'), weights('t'));
    symlinkSync(join(root, '..', 'out.safetensors'), join(root, 'out.safetensors'));
    symlinkSync(join(root, 'absent'), join(root, 'gone.safetensors'));
    mkdirSync(join(root, '..', 'elsewhere'));
    symlinkSync(join(root, '..', 'elsewhere'), join(root, 'elsewhere'));
    const found = await find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind).toSorted()).toEqual([
      'outside-root',
      'outside-root',
      'unreadable',
    ]);
  });

  it('may lead into another opened folder, where the file shows once', async () => {
    const other = join(root, '..', 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'x.safetensors'), weights('t'));
    symlinkSync(join(other, 'x.safetensors'), join(root, 'x.safetensors'));
    const found = await find(root, other);
    expect(found.problems).toEqual([]);
    expect(found.list.map(({ folder }) => folder)).toEqual([other]);
  });

  it('that are opened by path themselves are followed', async () => {
    writeFileSync(join(root, '..', 'out.safetensors'), weights('t'));
    symlinkSync(join(root, '..', 'out.safetensors'), join(root, 'named.safetensors'));
    const found = await find(join(root, 'named.safetensors'));
    expect(names(found)).toEqual(['named']);
    expect(found.list[0]?.files[0]?.realPath).toBe(join(root, '..', 'out.safetensors'));
  });

  it('to a store without names give its blobs their names, and each shows once', async () => {
    put('blobs/0123', Buffer.concat([weights('t'), new Uint8Array(0)]));
    truncateSync(put('blobs/4567', weights()), 0);
    mkdirSync(join(root, 'named'));
    symlinkSync('../blobs/0123', join(root, 'named', 'llama.safetensors'));
    expect(names(await find())).toEqual(['llama']);
  });

  it('of the hard kind are two models over one inode', async () => {
    const path = put('a.safetensors', weights('t'));
    linkSync(path, join(root, 'b.safetensors'));
    const found = await find();
    expect(names(found)).toEqual(['a', 'b']);
    expect(found.list[0]?.files[0]?.stamp.inode).toBe(found.list[1]?.files[0]?.stamp.inode);
  });

  it.skipIf(process.platform === 'win32')(
    'and pipes and sockets do not stop the walk',
    async () => {
      execFileSync('mkfifo', [join(root, 'pipe.safetensors')]);
      put('z.safetensors', weights('t'));
      const found = await find();
      expect(names(found)).toEqual(['z']);
      expect((await find(join(root, 'pipe.safetensors'))).problems[0]).toMatchObject({
        kind: 'unreadable',
        found: 'ENOTREG',
      });
    },
  );
});

describe('a Hugging Face cache', () => {
  const repository = 'hub/models--org--bert';
  const blob = (name: string, content: Uint8Array | string) =>
    put(`${repository}/blobs/${name}`, content);
  function snapshot(revision: string, file: string, blobName: string): void {
    const path = join(root, repository, 'snapshots', revision, file);
    mkdirSync(dirname(path), { recursive: true });
    const up = '../'.repeat(file.split('/').length + 1);
    symlinkSync(`${up}blobs/${blobName}`, path);
  }

  it('gives one model per snapshot, named by its repository; its blobs are no models', async () => {
    blob('aa', weights('t'));
    blob('bb', '{"x":1}');
    blob('cc', large());
    blob('dd.incomplete', large());
    snapshot('1234567890', 'model.safetensors', 'aa');
    snapshot('1234567890', 'config.json', 'bb');
    snapshot('1234567890', 'onnx/other.bin', 'cc');
    const found = await find();
    expect(names(found)).toEqual(['org/bert', 'org/bert/onnx']);
    expect(filesOf(found.list[0])).toEqual(['sidecar config.json', 'weights model.safetensors']);
    expect(found.list[0]?.files[1]?.realPath).toBe(join(root, repository, 'blobs', 'aa'));
    expect(found.list[0]?.metadata).toEqual({ 'config.json': { x: 1 } });
    expect(found.problems.map(({ kind }) => kind)).toEqual(['partial-download']);
  });

  it('tells several snapshots apart, over the same blob', async () => {
    blob('aa', weights('t'));
    for (const revision of ['aaaaaaaaaa', 'bbbbbbbbbb'])
      snapshot(revision, 'model.safetensors', 'aa');
    const found = await find();
    expect(names(found)).toEqual(['org/bert @aaaaaaa', 'org/bert @bbbbbbb']);
    expect(new Set(found.list.map(({ id }) => id)).size).toBe(2);
    expect(new Set(found.list.map(({ files }) => files[0]?.stamp.inode)).size).toBe(1);
  });

  it('works with copies instead of links, and when a snapshot itself is opened', async () => {
    put('hub/models--solo/snapshots/r1/model.safetensors', weights('t'));
    blob('aa', weights('t'));
    snapshot('r2', 'model.safetensors', 'aa');
    const found = await find(
      join(root, 'hub/models--solo'),
      join(root, repository, 'snapshots', 'r2'),
    );
    expect(names(found)).toEqual(['solo', 'org/bert']);
    expect(found.problems).toEqual([]);
  });

  it('shows a snapshot also when its blob was opened by path', async () => {
    const path = blob('aa.bin', weights('t'));
    snapshot('r1', 'model.safetensors', 'aa.bin');
    expect(names(await find(path, root))).toEqual(['aa', 'org/bert']);
  });

  it('does not let a snapshot lead into another cache', async () => {
    const foreign = join(root, '..', 'other', 'models--x', 'blobs');
    mkdirSync(foreign, { recursive: true });
    writeFileSync(join(foreign, 'aa'), weights('t'));
    const path = join(root, repository, 'snapshots/r1/model.safetensors');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(foreign, 'aa'), path);
    expect((await find()).problems.map(({ kind }) => kind)).toEqual(['outside-root']);
  });

  it('does not let a snapshot lead out of the cache', async () => {
    writeFileSync(join(root, '..', 'secret.safetensors'), weights('t'));
    const path = join(root, repository, 'snapshots/r1/model.safetensors');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, '..', 'secret.safetensors'), path);
    const found = await find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind)).toEqual(['outside-root']);
  });
});

describe('a diffusers pipeline', () => {
  it('is one model with its components; checkpoints beside it stay their own', async () => {
    put(
      'sdxl/model_index.json',
      '{"_class_name":"X","unet":["diffusers","U"],"vae":["diffusers","V"]}',
    );
    put('sdxl/README.md', 'x');
    put('sdxl/sd_xl_base.safetensors', weights('all'));
    put('sdxl/unet/diffusion_pytorch_model.safetensors', weights('u'));
    put('sdxl/unet/config.json', '{"c":1}');
    put('sdxl/vae/diffusion_pytorch_model.safetensors', weights('v'));
    put('sdxl/extra/other.safetensors', weights('o'));
    const found = await find();
    expect(names(found)).toEqual(['sdxl', 'sd_xl_base', 'other']);
    expect(filesOf(found.list[0])).toEqual([
      'sidecar README.md',
      'sidecar model_index.json',
      'sidecar unet/config.json',
      'weights unet/diffusion_pytorch_model.safetensors',
      'weights vae/diffusion_pytorch_model.safetensors',
    ]);
    expect(found.list[0]?.tensors.map(({ name, file }) => [name, file])).toEqual([
      ['u', 3],
      ['v', 4],
    ]);
    expect(Object.keys(found.list[0]?.metadata ?? {})).toEqual([
      'model_index.json',
      'unet/config.json',
    ]);
  });
});

describe('ONNX with external data', () => {
  const parts = (location: string) =>
    modelOf(
      tensor({ name: 'in', raw: new Uint8Array(8) }),
      tensor({ name: 'out', more: external({ location }) }),
    );

  it('takes its data file as weights, which is no model of its own', async () => {
    put('a/model.onnx', parts('model.onnx_data'));
    put('a/model.onnx_data', large());
    put('b/net.onnx', parts('data/w.bin'));
    put('b/data/w.bin', large());
    const found = await find();
    expect(names(found)).toEqual(['a', 'net']);
    expect(filesOf(found.list[0])).toEqual(['weights model.onnx', 'weights model.onnx_data']);
    expect(found.list[0]?.tensors.map(({ name, file }) => [name, file])).toEqual([
      ['in', 0],
      ['out', 1],
    ]);
    expect(filesOf(found.list[1])).toEqual(['weights data/w.bin', 'weights net.onnx']);
    expect(found.problems).toEqual([]);
  });

  it('does not follow its data file out of the folder', async () => {
    writeFileSync(join(root, '..', 'secret'), large());
    put('a/model.onnx', parts('w.data'));
    symlinkSync(join(root, '..', 'secret'), join(root, 'a', 'w.data'));
    const found = await find();
    expect(found.list[0]).toMatchObject({ format: 'opaque' });
    expect(found.problems.every(({ kind }) => kind === 'outside-root')).toBe(true);
    expect(found.problems.length).toBeGreaterThan(0);
  });
});

describe('a search', () => {
  it('counts files and bytes, and lets the event loop run in between', async () => {
    for (let i = 0; i < 300; i += 1) put(`d${i % 10}/m${i}.safetensors`, weights('t'));
    let turns = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      turns += 1;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const progress: number[] = [];
    const result = await discover([root], {
      onModel: () => {},
      onProblem: () => {},
      onProgress: (files) => progress.push(files),
    });
    clearInterval(timer);
    expect(result).toMatchObject({ models: 300, files: 300, cancelled: false });
    expect(result.bytes).toBe(300 * weights('t').length);
    expect(progress.at(-1)).toBe(300);
    expect(turns).toBeGreaterThan(0);
    expect(longest).toBeLessThan(200);
  });

  it('ends early when it is aborted', async () => {
    for (let i = 0; i < 50; i += 1) put(`d${i}/model.safetensors`, weights('t'));
    const controller = new AbortController();
    let models = 0;
    const result = await discover([root], {
      onModel: () => {
        models += 1;
        if (models === 3) controller.abort();
      },
      onProblem: () => {},
      signal: controller.signal,
    });
    expect(result.cancelled).toBe(true);
    expect(models).toBe(3);
  });

  it('shows a model once when its folder and its file are both opened', async () => {
    const path = put('a.safetensors', weights('t'));
    expect((await find(root, path)).list).toHaveLength(1);
    expect((await find(path, root)).list).toHaveLength(1);
  });

  it('passes over version control and installed packages', async () => {
    put('.git/lfs/objects/ab', large());
    put('node_modules/x/model.onnx', modelOf());
    expect((await find()).list).toEqual([]);
  });
});
