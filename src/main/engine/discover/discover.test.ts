import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../formats/testing/onnx-file';
import { discover } from './discover';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';

const tree = freshTree();

describe('a folder of single files', () => {
  it('gives one model per weights file, in natural order, with the same ids every time', async () => {
    for (const name of ['b10', 'b9', 'a']) tree.put(`${name}.safetensors`, weights('t'));
    tree.put('sub/c.safetensors', weights('t'));
    tree.put('notes.txt', 'small and nobody’s');
    const first = await tree.find();
    expect(namesOf(first)).toEqual(['a', 'b9', 'b10', 'c']);
    expect(first.list.map(({ kind }) => kind)).toEqual(['file', 'file', 'file', 'file']);
    expect(first.problems).toEqual([]);
    expect(await tree.find()).toEqual(first);
    expect(new Set(first.list.map(({ id }) => id)).size).toBe(4);
  });

  it('names a model by its folder where the file’s name says nothing', async () => {
    tree.put('bert/model.safetensors', weights('t'));
    tree.put('bert/config.json', '{"hidden_size": 8, "big": 12345678901234567890}');
    tree.put('bert/tokenizer.json');
    tree.put('unet/diffusion_pytorch_model.fp16.safetensors', weights('t'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['bert', 'unet']);
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
    tree.put('a.safetensors', weights('t'));
    tree.put('b.safetensors', weights('t'));
    tree.put('a.preview.png', 'x');
    tree.put('a.json');
    tree.put('config.json');
    const found = await tree.find();
    expect(filesOf(found.list[0])).toEqual([
      'sidecar a.json',
      'sidecar a.preview.png',
      'weights a.safetensors',
    ]);
    expect(filesOf(found.list[1])).toEqual(['weights b.safetensors']);
  });

  it('tells two files of one stem apart, and gives the folder’s configuration to the safetensors', async () => {
    tree.put('bert/model.safetensors', weights('t'));
    tree.put('bert/pytorch_model.bin', 'pickle');
    tree.put('bert/config.json');
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['bert (model.safetensors)', 'bert (pytorch_model.bin)']);
    expect(filesOf(found.list[0])).toEqual(['sidecar config.json', 'weights model.safetensors']);
  });
});

describe('files that nobody reads', () => {
  it('are shown as opaque with the reason: known extensions and large files', async () => {
    tree.put('a.h5', '\x89HDF');
    tree.put('b.tflite', 'xx');
    tree.put('c', large());
    tree.put('d', 'small');
    tree.put('tokenizer.json', large());
    const found = await tree.find();
    expect(found.list.map(({ name, opaqueReason }) => [name, opaqueReason])).toEqual([
      ['a', 'HDF5 (Keras): not read.'],
      ['b', 'TensorFlow Lite: not read.'],
      ['c', 'No reader knows this format.'],
    ]);
    expect(found.problems).toEqual([]);
  });

  it('may be small when opened by path, and then come alone', async () => {
    tree.put('readme.md');
    const found = await tree.find(tree.put('d', 'small'));
    expect(filesOf(found.list[0])).toEqual(['weights d']);
  });

  it('are not models while they are being downloaded', async () => {
    for (const name of ['a.incomplete', 'b.safetensors.part', 'c.crdownload'])
      tree.put(name, large());
    tree.put('d.safetensors', large());
    tree.put('d.safetensors.aria2', 'x');
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind)).toEqual(Array(4).fill('partial-download'));
  });
});

describe('broken files', () => {
  it('are reported with place, expectation and a way out, and the others still show', async () => {
    tree.put('a.safetensors', weights('t'));
    const path = tree.put('b.safetensors', weights('t').subarray(0, 60));
    tree.put('c.onnx', 'not a model');
    const found = await tree.find();
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
    tree.put('m/model.safetensors', weights('t'));
    tree.put('m/config.json', '{"a": }');
    const found = await tree.find();
    expect(found.list[0]?.format).toBe('safetensors');
    expect(found.problems[0]).toMatchObject({
      kind: 'malformed',
      file: join(tree.root, 'm/config.json'),
    });
  });

  it('a path that is not there is a problem, and the next path is opened', async () => {
    tree.put('a.safetensors', weights('t'));
    const found = await tree.find(join(tree.root, 'absent'), tree.root);
    expect(found.problems[0]).toMatchObject({ kind: 'unreadable', found: 'ENOENT' });
    expect(namesOf(found)).toEqual(['a']);
  });
});

describe('a search', () => {
  it('counts files and bytes, and lets the event loop run in between', async () => {
    for (let i = 0; i < 300; i += 1) tree.put(`d${i % 10}/m${i}.safetensors`, weights('t'));
    let turns = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      turns += 1;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const progress: number[] = [];
    const result = await discover([tree.root], {
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
    for (let i = 0; i < 50; i += 1) tree.put(`d${i}/model.safetensors`, weights('t'));
    const controller = new AbortController();
    let models = 0;
    const result = await discover([tree.root], {
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
    const path = tree.put('a.safetensors', weights('t'));
    expect((await tree.find(tree.root, path)).list).toHaveLength(1);
    expect((await tree.find(path, tree.root)).list).toHaveLength(1);
  });

  it('passes over version control and installed packages', async () => {
    tree.put('.git/lfs/objects/ab', large());
    tree.put('node_modules/x/model.onnx', modelOf());
    expect((await tree.find()).list).toEqual([]);
  });
});
