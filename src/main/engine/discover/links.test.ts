import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain';
import { readWeights } from './assemble';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';
import { stampOf } from './walk';

const tree = freshTree();

describe('links', () => {
  it('to folders do not loop, and nothing is shown twice', async () => {
    tree.put('a/model.safetensors', weights('t'));
    symlinkSync(tree.root, join(tree.root, 'a', 'loop'));
    symlinkSync(join(tree.root, 'a'), join(tree.root, 'alias'));
    symlinkSync(join(tree.root, 'a', 'model.safetensors'), join(tree.root, 'same.safetensors'));
    symlinkSync('self', join(tree.root, 'self'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['a']);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatchObject({ kind: 'unreadable', found: 'ELOOP' });
  });

  it('that dangle or lead outside are reported', async () => {
    writeFileSync(join(tree.outside, 'out.safetensors'), weights('t'));
    symlinkSync(join(tree.outside, 'out.safetensors'), join(tree.root, 'out.safetensors'));
    symlinkSync(join(tree.root, 'absent'), join(tree.root, 'gone.safetensors'));
    mkdirSync(join(tree.outside, 'elsewhere'));
    symlinkSync(join(tree.outside, 'elsewhere'), join(tree.root, 'elsewhere'));
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind).toSorted()).toEqual([
      'outside-root',
      'outside-root',
      'unreadable',
    ]);
  });

  it('may lead into another opened folder, where the file shows once', async () => {
    const other = join(tree.outside, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'x.safetensors'), weights('t'));
    symlinkSync(join(other, 'x.safetensors'), join(tree.root, 'x.safetensors'));
    const found = await tree.find(tree.root, other);
    expect(found.problems).toEqual([]);
    expect(found.list.map(({ folder }) => folder)).toEqual([other]);
  });

  it('that are opened by path themselves are followed', async () => {
    writeFileSync(join(tree.outside, 'out.safetensors'), weights('t'));
    symlinkSync(join(tree.outside, 'out.safetensors'), join(tree.root, 'named.safetensors'));
    const found = await tree.find(join(tree.root, 'named.safetensors'));
    expect(namesOf(found)).toEqual(['named']);
    expect(found.list[0]?.files[0]?.realPath).toBe(join(tree.outside, 'out.safetensors'));
  });

  it('to a store without names give its blobs their names, and each shows once', async () => {
    tree.put('blobs/0123', Buffer.concat([weights('t'), new Uint8Array(0)]));
    truncateSync(tree.put('blobs/4567', weights()), 0);
    mkdirSync(join(tree.root, 'named'));
    symlinkSync('../blobs/0123', join(tree.root, 'named', 'llama.safetensors'));
    expect(namesOf(await tree.find())).toEqual(['llama']);
  });

  it('of the hard kind are two models over one inode', async () => {
    const path = tree.put('a.safetensors', weights('t'));
    linkSync(path, join(tree.root, 'b.safetensors'));
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['a', 'b']);
    expect(found.list[0]?.files[0]?.stamp.inode).toBe(found.list[1]?.files[0]?.stamp.inode);
  });

  it.skipIf(process.platform === 'win32')(
    'and pipes and sockets do not stop the walk',
    async () => {
      execFileSync('mkfifo', [join(tree.root, 'pipe.safetensors')]);
      tree.put('z.safetensors', weights('t'));
      const found = await tree.find();
      expect(namesOf(found)).toEqual(['z']);
      expect((await tree.find(join(tree.root, 'pipe.safetensors'))).problems[0]).toMatchObject({
        kind: 'unreadable',
        found: 'ENOTREG',
      });
    },
  );
});

describe('a file that is swapped after it was listed', () => {
  it('is not read', () => {
    const path = tree.put('a.safetensors', weights('t'));
    const listed = { name: 'a', path, realPath: path, linked: false, stamp: stampOf(path).stamp };
    tree.put('b.safetensors', weights('u'));
    renameSync(join(tree.root, 'b.safetensors'), path);
    const problems: Problem[] = [];
    expect(readWeights(listed, [tree.root], (problem) => problems.push(problem))).toBeUndefined();
    expect(problems.map(({ kind }) => kind)).toEqual(['changed-while-reading']);
  });
});

describe('a Hugging Face cache', () => {
  const repository = 'hub/models--org--bert';
  const blob = (name: string, content: Uint8Array | string) =>
    tree.put(`${repository}/blobs/${name}`, content);
  function snapshot(revision: string, file: string, blobName: string): void {
    const path = join(tree.root, repository, 'snapshots', revision, file);
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
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert', 'org/bert/onnx']);
    expect(filesOf(found.list[0])).toEqual(['sidecar config.json', 'weights model.safetensors']);
    expect(found.list[0]?.files[1]?.realPath).toBe(join(tree.root, repository, 'blobs', 'aa'));
    expect(found.list[0]?.metadata['config.json']).toEqual({ x: 1 });
    expect(found.problems.map(({ kind }) => kind)).toEqual(['partial-download']);
  });

  it('tells several snapshots apart, over the same blob', async () => {
    blob('aa', weights('t'));
    for (const revision of ['aaaaaaaaaa', 'bbbbbbbbbb'])
      snapshot(revision, 'model.safetensors', 'aa');
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['org/bert @aaaaaaa', 'org/bert @bbbbbbb']);
    expect(new Set(found.list.map(({ id }) => id)).size).toBe(2);
    expect(new Set(found.list.map(({ files }) => files[0]?.stamp.inode)).size).toBe(1);
  });

  it('works with copies instead of links, and when a snapshot itself is opened', async () => {
    tree.put('hub/models--solo/snapshots/r1/model.safetensors', weights('t'));
    blob('aa', weights('t'));
    snapshot('r2', 'model.safetensors', 'aa');
    const found = await tree.find(
      join(tree.root, 'hub/models--solo'),
      join(tree.root, repository, 'snapshots', 'r2'),
    );
    expect(namesOf(found)).toEqual(['solo', 'org/bert']);
    expect(found.problems).toEqual([]);
  });

  it('shows a snapshot also when its blob was opened by path', async () => {
    const path = blob('aa.bin', weights('t'));
    snapshot('r1', 'model.safetensors', 'aa.bin');
    expect(namesOf(await tree.find(path, tree.root))).toEqual(['aa', 'org/bert']);
  });

  it('does not let a snapshot lead into another cache', async () => {
    const foreign = join(tree.outside, 'other', 'models--x', 'blobs');
    mkdirSync(foreign, { recursive: true });
    writeFileSync(join(foreign, 'aa'), weights('t'));
    const path = join(tree.root, repository, 'snapshots/r1/model.safetensors');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(foreign, 'aa'), path);
    expect((await tree.find()).problems.map(({ kind }) => kind)).toEqual(['outside-root']);
  });

  it('does not let a snapshot lead out of the cache', async () => {
    writeFileSync(join(tree.outside, 'secret.safetensors'), weights('t'));
    const path = join(tree.root, repository, 'snapshots/r1/model.safetensors');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(tree.outside, 'secret.safetensors'), path);
    const found = await tree.find();
    expect(found.list).toEqual([]);
    expect(found.problems.map(({ kind }) => kind)).toEqual(['outside-root']);
  });
});
