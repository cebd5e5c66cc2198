import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { external, modelOf, tensor } from '../formats/testing/onnx-file';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';

const tree = freshTree();

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
    tree.put(shard(2, 2), weights('b'));
    tree.put(shard(1, 2), weights('a'));
    tree.put('m/config.json');
    const map = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };
    tree.put('m/model.safetensors.index.json', index(map));
    const found = await tree.find();
    expect(found.problems).toEqual([]);
    expect(namesOf(found)).toEqual(['m']);
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
    tree.put(shard(1), weights('a'));
    tree.put(shard(3), weights('c'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['m']);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatchObject({
      kind: 'missing-shard',
      file: join(tree.root, shard(2)),
    });
  });

  it('keep the model’s id when the missing one arrives', async () => {
    tree.put(shard(2, 2), weights('b'));
    const before = await tree.find();
    tree.put(shard(1, 2), weights('a'));
    expect((await tree.find()).list[0]?.id).toBe(before.list[0]?.id);
  });

  it('beside a broken index are grouped by their numbers, and the index is reported', async () => {
    for (const n of [1, 2]) tree.put(shard(n, 2), weights(`t${n}`));
    tree.put('m/model.safetensors.index.json', '{"weight_map": [');
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['m']);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems.map(({ error }) => error)).toEqual([
      expect.stringMatching(/^The shard index is broken/),
    ]);
  });

  it('of two sets in one folder are two models', async () => {
    for (const stem of ['x', 'y']) {
      for (const n of [1, 2]) tree.put(`${stem}-0000${n}-of-00002.gguf`, 'GGUF');
    }
    expect(namesOf(await tree.find())).toEqual(['x', 'y']);
  });

  it.skipIf(process.platform === 'win32')('that are a folder or a pipe are missing', async () => {
    tree.put(shard(1), weights('a'));
    mkdirSync(join(tree.root, shard(2)));
    execFileSync('mkfifo', [join(tree.root, shard(3))]);
    const map = Object.fromEntries([1, 2, 3].map((n) => [`t${n}`, shard(n).slice(2)]));
    tree.put('m/model.safetensors.index.json', index({ ...map, t1: shard(1).slice(2) }));
    const found = await tree.find();
    expect(found.problems.find(({ kind }) => kind === 'missing-shard')).toMatchObject({
      error: expect.stringMatching(/2 shards are missing of 3/),
      found: 'a folder',
    });
    expect(found.list).toHaveLength(1);
  });

  it('that an index places outside are not opened', async () => {
    writeFileSync(join(tree.outside, 'evil.safetensors'), weights('x'));
    tree.put('m/model.safetensors', weights('a'));
    tree.put(
      'm/model.safetensors.index.json',
      index({ a: 'model.safetensors', x: '../evil.safetensors' }),
    );
    const found = await tree.find();
    expect(found.problems.map(({ kind }) => kind)).toContain('outside-root');
    expect(filesOf(found.list[0])).toEqual([
      'weights model.safetensors',
      'sidecar model.safetensors.index.json',
    ]);
  });

  it('that disagree with their index are reported', async () => {
    tree.put(shard(1, 2), weights('a', 'z'));
    tree.put(shard(2, 2), weights('a'));
    const map = { a: shard(1, 2).slice(2), b: shard(2, 2).slice(2) };
    tree.put('m/model.safetensors.index.json', index(map));
    const said = (await tree.find()).problems.map(({ error }) => error).join('\n');
    expect(said).toMatch(/"b" is not in the shard/);
    expect(said).toMatch(/"a" is in two shards/);
    expect(said).toMatch(/"z" is in a shard, but not in the index/);
    expect(said).toMatch(/states 8 bytes of tensors; the shards hold 12/);
  });

  it('one of which is opened by path give the whole model', async () => {
    const path = tree.put(shard(1, 2), weights('a'));
    tree.put(shard(2, 2), weights('b'));
    tree.put('m/other.safetensors', 'broken');
    const found = await tree.find(path);
    expect(found.list).toHaveLength(1);
    expect(found.list[0]?.tensors).toHaveLength(2);
    expect(found.problems).toEqual([]);
  });
});

describe('a diffusers pipeline', () => {
  it('is one model with its components; checkpoints beside it stay their own', async () => {
    tree.put(
      'sdxl/model_index.json',
      '{"_class_name":"X","unet":["diffusers","U"],"vae":["diffusers","V"]}',
    );
    tree.put('sdxl/README.md', 'x');
    tree.put('sdxl/sd_xl_base.safetensors', weights('all'));
    tree.put('sdxl/unet/diffusion_pytorch_model.safetensors', weights('u'));
    tree.put('sdxl/unet/config.json', '{"c":1}');
    tree.put('sdxl/vae/diffusion_pytorch_model.safetensors', weights('v'));
    tree.put('sdxl/extra/other.safetensors', weights('o'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['sdxl', 'sd_xl_base', 'other']);
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
    tree.put('a/model.onnx', parts('model.onnx_data'));
    tree.put('a/model.onnx_data', large());
    tree.put('b/net.onnx', parts('data/w.bin'));
    tree.put('b/data/w.bin', large());
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['a', 'net']);
    expect(filesOf(found.list[0])).toEqual(['weights model.onnx', 'weights model.onnx_data']);
    expect(found.list[0]?.tensors.map(({ name, file }) => [name, file])).toEqual([
      ['in', 0],
      ['out', 1],
    ]);
    expect(filesOf(found.list[1])).toEqual(['weights data/w.bin', 'weights net.onnx']);
    expect(found.problems).toEqual([]);
  });

  it('does not follow its data file out of the folder', async () => {
    writeFileSync(join(tree.outside, 'secret'), large());
    tree.put('a/model.onnx', parts('w.data'));
    symlinkSync(join(tree.outside, 'secret'), join(tree.root, 'a', 'w.data'));
    const found = await tree.find();
    expect(found.list[0]).toMatchObject({ format: 'opaque' });
    expect(found.problems.every(({ kind }) => kind === 'outside-root')).toBe(true);
    expect(found.problems.length).toBeGreaterThan(0);
  });
});
