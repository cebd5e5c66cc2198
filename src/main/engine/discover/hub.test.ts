import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';

const tree = freshTree();
const repository = 'hub/models--org--bert';
const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

const blob = (name: string, content: Uint8Array | string = weights('t')) =>
  tree.put(`${repository}/blobs/${name}`, content);
const ref = (name: string, revision: string) => tree.put(`${repository}/refs/${name}`, revision);
function snapshot(revision: string, file: string, blobName: string): void {
  const path = join(tree.root, repository, 'snapshots', revision, file);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(`${'../'.repeat(file.split('/').length + 1)}blobs/${blobName}`, path);
}

describe('a Hugging Face repository’s snapshots', () => {
  it('are named by their refs, main first, else by their revision', async () => {
    blob('aa');
    for (const revision of [one, two, '3'.repeat(40)])
      snapshot(revision, 'model.safetensors', 'aa');
    ref('main', `${one}\n`);
    ref('pr/1', two);
    ref('aa', one);
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert @main', 'org/bert @pr/1', 'org/bert @3333333']);
    expect(found.problems).toEqual([]);
  });

  it('that are alone are named by a ref only if it is not main', async () => {
    blob('aa');
    snapshot(one, 'model.safetensors', 'aa');
    ref('main', one);
    expect(namesOf(await tree.find())).toEqual(['org/bert']);
    tree.put('hub/models--x/snapshots/r1/model.safetensors', weights('t'));
    tree.put('hub/models--x/refs/fp16', 'r1');
    expect(namesOf(await tree.find())).toEqual(['org/bert', 'x @fp16']);
  });

  it('that a ref names and that are not there are a finding, unless nothing was downloaded', async () => {
    blob('aa');
    snapshot(one, 'model.safetensors', 'aa');
    const path = ref('main', two);
    const found = await tree.find();
    expect(found.problems).toMatchObject([{ kind: 'store', file: path, found: 'none' }]);
    tree.put(`${repository}/.no_exist/${two}/adapter_config.json`, '');
    expect((await tree.find()).problems).toEqual([]);
  });

  it('are not named by refs that are broken, huge, links or pipes', async () => {
    blob('aa');
    snapshot(one, 'model.safetensors', 'aa');
    ref('huge', one.repeat(100));
    ref('path', '../../etc');
    ref('empty', '');
    symlinkSync(ref('good', one), join(tree.root, repository, 'refs', 'link'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert @good']);
    expect(found.problems).toEqual([]);
  });
});

describe('a Hugging Face repository’s blobs', () => {
  it('that no snapshot refers to are orphans, with their size, and shown as models', async () => {
    blob('aa');
    snapshot(one, 'model.safetensors', 'aa');
    const hex = 'e'.repeat(64);
    const path = blob(hex, weights('x', 'y'));
    const small = blob('f'.repeat(40), '{}');
    const big = blob('0'.repeat(64), large());
    const found = await tree.find();
    expect(namesOf(found)).toEqual([
      'org/bert',
      'org/bert orphan 000000000000',
      'org/bert orphan eeeeeeeeeeee',
    ]);
    expect(found.problems.map(({ file, kind }) => [file, kind])).toEqual(
      [big, path, small].map((file) => [file, 'orphan']),
    );
    expect(found.problems[0]?.bytes).toBe(1024 * 1024);
    expect(found.list[2]?.tensors).toHaveLength(2);
  });

  it('are no orphans when a large sidecar or a nested folder links to them', async () => {
    blob('tok', large());
    blob('deep', large());
    blob('aa');
    snapshot(one, 'model.safetensors', 'aa');
    snapshot(one, 'tokenizer.json', 'tok');
    snapshot(one, 'a/b/c/notes.txt', 'deep');
    const found = await tree.find();
    expect(found.problems).toEqual([]);
    expect(namesOf(found)).not.toContain('org/bert orphan tok');
  });

  it('are no orphans when a snapshot holds a hard link to them', async () => {
    const path = blob('aa');
    mkdirSync(join(tree.root, repository, 'snapshots', one), { recursive: true });
    linkSync(path, join(tree.root, repository, 'snapshots', one, 'model.safetensors'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert']);
    expect(found.problems).toEqual([]);
  });

  it('beside copies say that they may be one', async () => {
    blob('aa');
    tree.put(`${repository}/snapshots/${one}/model.safetensors`, weights('t'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert', 'org/bert orphan aa']);
    expect(found.problems[0]).toMatchObject({
      kind: 'orphan',
      error: expect.stringMatching(/may be a copy/),
    });
  });

  it('need not exist: copies alone are a valid cache', async () => {
    tree.put(`${repository}/snapshots/${one}/model.safetensors`, weights('t'));
    tree.put(`${repository}/snapshots/${one}/config.json`);
    tree.put(`${repository}/refs/main`, one);
    mkdirSync(join(tree.root, repository, 'blobs'));
    const found = await tree.find();
    expect(filesOf(found.list[0])).toEqual(['sidecar config.json', 'weights model.safetensors']);
    expect(found.problems).toEqual([]);
  });

  it('that are unfinished are listed with their size and are no orphans', async () => {
    const path = blob(`${'a'.repeat(64)}.0123abcd.incomplete`, large());
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(found.problems).toMatchObject([
      { kind: 'partial-download', file: path, bytes: 1024 * 1024 },
    ]);
  });
});

describe('a Hugging Face cache', () => {
  it('holds data sets and spaces that are passed over, unless opened by path', async () => {
    for (const kind of ['datasets', 'spaces']) {
      tree.put(`hub/${kind}--org--d/snapshots/r/x.safetensors`, weights('t'));
      tree.put(`hub/${kind}--org--d/blobs/aa`, large());
    }
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(found.problems).toEqual([]);
    const opened = await tree.find(join(tree.root, 'hub/datasets--org--d'));
    expect(namesOf(opened)).toContain('org/d');
  });

  it('says where its models are from', async () => {
    blob('aa');
    snapshot(one, 'unet/model.safetensors', 'aa');
    expect((await tree.find()).list[0]?.metadata.store).toEqual({
      kind: 'Hugging Face',
      repository: 'org/bert',
      revision: one,
    });
  });

  it('survives dangling snapshots and links between repositories', async () => {
    snapshot(one, 'model.safetensors', 'absent');
    const other = join(tree.root, 'hub/models--org--copy/snapshots/r/model.safetensors');
    mkdirSync(dirname(other), { recursive: true });
    symlinkSync(blob('bb'), other);
    const found = await tree.find();
    expect(namesOf(found)).toContain('org/copy');
    expect(found.problems.map(({ kind }) => kind)).toContain('unreadable');
  });
});
