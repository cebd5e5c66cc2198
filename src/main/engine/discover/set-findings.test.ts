import { describe, expect, it } from 'vitest';
import type { MetadataValue } from '../../../shared/domain';
import type { ReadWeights } from './assemble';
import { setFindings } from './set-findings';

/** A part as it would be read: its name, the tensors in it, and what its header says. */
function part(
  name: string,
  tensors: readonly string[],
  metadata: Readonly<Record<string, MetadataValue>> = {},
): ReadWeights {
  const stamp = { size: 1, mtimeNs: 1n, inode: 1n, device: 1n };
  return {
    file: { name, path: `/m/${name}`, realPath: `/m/${name}`, linked: false, stamp },
    header: {
      format: 'gguf',
      tensors: tensors.map((tensor) => ({
        name: tensor,
        dtype: 'F32',
        shape: [],
        fileIndex: 0,
        offset: 0,
        byteLength: 4,
        encoding: 'raw',
      })),
      metadata,
      externals: [],
    },
    externals: [],
  };
}

const split = (no: number, count: number, tensors: number) => ({
  'split.no': no,
  'split.count': count,
  'split.tensors.count': tensors,
});
const [first, second] = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'];

describe('the parts of one set', () => {
  it('that fit together are no finding', () => {
    expect(
      setFindings([part(first, ['a'], split(0, 2, 2)), part(second, ['b'], split(1, 2, 2))], true),
    ).toEqual([]);
    expect(setFindings([part(first, ['a']), part(second, ['b'])], true)).toEqual([]);
    expect(setFindings([part('m.gguf', ['a', 'a'], split(0, 1, 2))], true)).toEqual([]);
  });

  it('must be the parts that their names say', () => {
    const swapped = [part(first, ['a'], split(1, 2, 2)), part(second, ['b'], split(0, 2, 2))];
    expect(setFindings(swapped, true).map(({ file }) => file)).toEqual([
      `/m/${first}`,
      `/m/${second}`,
    ]);
    expect(setFindings([part(first, ['a'], split(0, 3, 2))], true)[0]).toMatchObject({
      kind: 'malformed',
      expected: 'part 1 of 2',
      found: 'part 1 of 3',
    });
  });

  it('must be named as parts, and not contradict themselves', () => {
    expect(setFindings([part('m.gguf', ['a'], split(1, 3, 9))], true)).toMatchObject([
      { kind: 'missing-shard', found: 'part 2 of 3' },
    ]);
    expect(setFindings([part(first, ['a'], split(5, 2, 9))], true)).toMatchObject([
      { kind: 'malformed', found: 'a part that is number 6 of 2' },
    ]);
  });

  it('must be of one model', () => {
    const mixed = [part(first, ['a'], split(0, 2, 2)), part(second, ['b'], split(1, 2, 9))];
    expect(setFindings(mixed, true)).toMatchObject([
      { file: `/m/${second}`, expected: '2 tensors', found: '9 tensors' },
    ]);
    const short = [part(first, ['a'], split(0, 2, 3)), part(second, ['b'], split(1, 2, 3))];
    expect(setFindings(short, true)).toMatchObject([{ expected: '3 tensors', found: '2 tensors' }]);
    expect(setFindings(short.slice(0, 1), true)).toEqual([]);
  });

  it('must not repeat a tensor, unless they are slices or an index is asked', () => {
    const twice = [part(first, ['a', 'b']), part(second, ['a', 'b'])];
    expect(setFindings(twice, true)).toMatchObject([
      { error: 'The tensor "a" and 1 others are in two parts of one set.' },
    ]);
    expect(setFindings(twice, false)).toEqual([]);
    const slices = ['consolidated.00.pth', 'consolidated.01.pth'].map((name) => part(name, ['a']));
    expect(setFindings(slices, true)).toEqual([]);
  });
});
