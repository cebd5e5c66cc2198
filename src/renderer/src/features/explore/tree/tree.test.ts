import { describe, expect, it } from 'vitest';
import type { TensorTreeNode } from '../../../../../shared/domain';
import {
  type Branch,
  flattenTree,
  mainFolder,
  missingBranches,
  nodeKey,
  parentPrefix,
} from './flatten';
import { treeIntent } from './keyboard';

const folder = (path: string, tensors = 2): TensorTreeNode => ({
  label: path.split('.').at(-1) ?? path,
  path,
  tensors,
  byteLength: tensors * 8,
});
const leaf = (path: string, tensorIndex: number): TensorTreeNode => ({
  ...folder(path, 1),
  tensorIndex,
});
const loaded = (...nodes: TensorTreeNode[]): Branch => ({ state: 'loaded', nodes });

const branches = new Map<string, Branch>([
  ['', loaded(folder('model', 5), leaf('bias', 9))],
  ['model', loaded(folder('model.a'), folder('model.b'))],
  ['model.a', loaded(leaf('model.a.w', 0), leaf('model.a.v', 1))],
]);
const paths = (expanded: readonly string[]) =>
  flattenTree(branches, new Set(expanded)).map((line) =>
    line.kind === 'node' ? `${line.level} ${line.node.path}` : `${line.level} (${line.prefix})`,
  );

describe('the flattened tree', () => {
  it('shows the roots only, until something is expanded', () => {
    expect(paths([])).toEqual(['1 model', '1 bias']);
  });

  it('shows the children of expanded nodes below them, in the order given', () => {
    expect(paths(['model', 'model.a'])).toEqual([
      '1 model',
      '2 model.a',
      '3 model.a.w',
      '3 model.a.v',
      '2 model.b',
      '1 bias',
    ]);
  });

  it('keeps what is expanded below a collapsed node for when it opens again', () => {
    expect(paths(['model.a'])).toEqual(['1 model', '1 bias']);
  });

  it('says that a branch is on its way, and which ones must be loaded', () => {
    expect(paths(['model', 'model.b'])).toContain('3 (model.b)');
    expect(missingBranches(branches, new Set(['model', 'model.b', 'elsewhere']))).toEqual([
      'model.b',
    ]);
    expect(missingBranches(new Map(), new Set())).toEqual(['']);
  });

  it('does not ask again for a branch that is loading or has failed', () => {
    const some = new Map<string, Branch>([...branches, ['model.b', { state: 'loading' }]]);
    expect(missingBranches(some, new Set(['model', 'model.b']))).toEqual([]);
    const failed = new Map<string, Branch>([['', { state: 'failed', message: 'Gone.' }]]);
    expect(flattenTree(failed, new Set())).toEqual([
      { kind: 'note', level: 1, parent: -1, prefix: '', failure: 'Gone.' },
    ]);
  });

  it('ends at a node that claims to be its own child', () => {
    const odd = new Map<string, Branch>([
      ['', loaded(folder('a'))],
      ['a', loaded(folder('a'))],
    ]);
    expect(flattenTree(odd, new Set(['a']))).toHaveLength(2);
  });

  it('tells a tensor from the prefix of the same name', () => {
    expect(nodeKey(folder('a.b'))).not.toBe(nodeKey(leaf('a.b', 3)));
  });

  it('opens the folder that holds nearly everything, and none where two are alike', () => {
    expect(mainFolder([folder('model', 90), folder('head', 4)])?.path).toBe('model');
    expect(mainFolder([folder('a', 50), folder('b', 50)])).toBeUndefined();
    expect(mainFolder([leaf('only', 0)])).toBeUndefined();
  });
});

describe('the keyboard of the tree', () => {
  const lines = flattenTree(branches, new Set(['model', 'model.a']));
  const press = (key: string, at: number) => treeIntent(key, at, lines, 4);

  it('moves over the visible lines and stops at both ends', () => {
    expect(press('ArrowDown', 0)).toEqual({ kind: 'move', to: 1 });
    expect(press('ArrowUp', 0)).toEqual({ kind: 'move', to: 0 });
    expect(press('End', 0)).toEqual({ kind: 'move', to: 5 });
    expect(press('PageDown', 0)).toEqual({ kind: 'move', to: 3 });
  });

  it('opens with Right, enters with Right again, closes with Left, leaves with Left again', () => {
    expect(press('ArrowRight', 4)).toEqual({ kind: 'expand', at: 4 });
    expect(press('ArrowRight', 1)).toEqual({ kind: 'move', to: 2 });
    expect(press('ArrowLeft', 1)).toEqual({ kind: 'collapse', at: 1 });
    expect(press('ArrowLeft', 3)).toEqual({ kind: 'move', to: 1 });
    expect(press('ArrowLeft', 5)).toBeUndefined();
    expect(press('ArrowRight', 2)).toBeUndefined();
  });

  it('chooses with Enter and Space, and searches by letters', () => {
    expect(press('Enter', 2)).toEqual({ kind: 'choose', at: 2 });
    expect(press(' ', 2)).toEqual({ kind: 'choose', at: 2 });
    expect(press('q', 2)).toEqual({ kind: 'type', character: 'q' });
    expect(treeIntent('ArrowDown', 0, [], 4)).toBeUndefined();
  });
});

describe('parentPrefix', () => {
  it.each([
    ['model.layers.0.weight', 'model.layers.0'],
    ['/encoder/conv/weight', '/encoder/conv'],
    ['weight', ''],
    ['/weight', ''],
    ['a..b', 'a'],
    ['a.b.', 'a'],
    ['', ''],
  ])('of %j is %j', (name, prefix) => expect(parentPrefix(name)).toBe(prefix));
});
