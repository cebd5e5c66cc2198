import { describe, expect, it } from 'vitest';
import type { Content } from '../estimate/inventory';
import { MAX_BATCH_BYTES } from '../kernels/encode-task';
import type { FileAt } from '../kernels/messages';
import { layoutOf, type ValueKind, valueKinds } from '../kernels/values';
import type { PackableContents } from './contents';
import { type BasesOf, type PlannedBatch, type PlannedFragment, planEncoding } from './plan';

const MiB = 1_048_576;
const { BF16, F32, Q4_0 } = valueKinds;

/** A content: its file, kind (0: bytes), and fragments as [digest's number, bytes]. */
interface Made {
  readonly file: number;
  readonly kind: ValueKind | 0;
  readonly fragments: readonly (readonly [number, number])[];
  readonly deflated?: boolean;
}

const HEADER = 100;

/** Contents one behind the other in their files, as the inventory and its fragments have them. */
function contentsOf(made: readonly Made[]): PackableContents {
  const ends = new Map<number, number>();
  const seen = new Set<number>();
  const novel: number[] = [];
  const contents = made.map(({ file, kind, fragments, deflated = false }): Content => {
    const offset = ends.get(file) ?? HEADER;
    const length = fragments.reduce((sum, [, bytes]) => sum + bytes, 0);
    ends.set(file, offset + length);
    let novelBytes = 0;
    for (const [digest, bytes] of fragments) {
      novel.push(seen.has(digest) ? 0 : 1);
      novelBytes += seen.has(digest) ? 0 : bytes;
      seen.add(digest);
    }
    const target = kind === 0 ? undefined : targetOf(kind, offset, length);
    return { file, offset, length, novelBytes, novel: [], target, signed: -1, deflated };
  });
  const files = [...ends].map(([file, end]): FileAt => {
    const expected = { size: end, mtimeNs: 1n, inode: BigInt(file) };
    return { path: `file ${file}`, expected };
  });
  const all = made.flatMap(({ fragments }) => fragments);
  let start = 0;
  const starts = made.map(({ fragments }) => {
    start += fragments.length;
    return start - fragments.length;
  });
  const fragments = {
    starts: Float64Array.from([...starts, all.length]),
    digests: Int32Array.from(all, ([digest]) => digest),
    lengths: Uint32Array.from(all, ([, bytes]) => bytes),
    novel: Uint8Array.from(novel),
    hashOf: (digest: number) => new Uint8Array(32).fill(digest),
  };
  const counts = { logicalBytes: 0, exactBytes: 0, models: 1, tensors: made.length };
  return { inventory: { files, contents, ...counts }, fragments };
}

function targetOf(kind: ValueKind, offset: number, length: number) {
  const layout = layoutOf(kind);
  const elements = Math.floor(length / layout.bytes) * layout.elements;
  return { offset, length, kind, elements, rows: 1, matrix: false };
}

const none: BasesOf = () => [];
const oneBase =
  (tensor: number, ...bases: number[]): BasesOf =>
  (content) =>
    content === tensor ? bases : [];

function batchesOf(made: readonly Made[], basesOf: BasesOf = none): PlannedBatch[] {
  return [...planEncoding(contentsOf(made), basesOf).batches()];
}

const fragmentsOf = (made: readonly Made[], basesOf?: BasesOf): PlannedFragment[] =>
  batchesOf(made, basesOf).flatMap(({ fragments }) => fragments);

describe('a plan', () => {
  it('encodes every distinct fragment once, where it is met first', () => {
    const made: Made[] = [
      {
        file: 0,
        kind: 0,
        fragments: [
          [0, 10],
          [1, 20],
          [0, 10],
        ],
      },
      {
        file: 1,
        kind: BF16,
        fragments: [
          [2, MiB],
          [1, 20],
          [3, 4],
        ],
      },
    ];
    const plan = planEncoding(contentsOf(made), none);
    const fragments = [...plan.batches()].flatMap((batch) => batch.fragments);
    expect(
      fragments.map(({ digest, content, offset, length }) => [digest, content, offset, length]),
    ).toEqual([
      [0, 0, HEADER, 10],
      [1, 0, HEADER + 10, 20],
      [2, 1, HEADER, MiB],
      [3, 1, HEADER + MiB + 20, 4],
    ]);
    expect(plan.totalFragments).toBe(4);
    expect(plan.totalBytes).toBe(MiB + 34);
    expect([...plan.batches()]).toEqual([...plan.batches()]);
  });

  it('puts neighbours of one file into one batch, up to its bounds, with their hashes', () => {
    const large = Array.from({ length: 9 }, (_, at): readonly [number, number] => [at, MiB]);
    const tiny = Array.from(
      { length: 1200 },
      (_, at): Made => ({ file: 1, kind: F32, fragments: [[9 + at, 4]] }),
    );
    const batches = batchesOf([{ file: 0, kind: F32, fragments: large }, ...tiny]);
    expect(batches.map(({ fragments }) => fragments.length)).toEqual([4, 4, 1, 512, 512, 176]);
    for (const { files, fragments, hashes, bytes } of batches) {
      expect(bytes).toBeLessThanOrEqual(MAX_BATCH_BYTES);
      expect(files.length).toBe(1);
      for (const [at, { file, digest }] of fragments.entries()) {
        expect(file).toBe(0);
        expect(hashes[32 * at]).toBe(digest & 0xff);
      }
    }
  });

  it('takes from a base the bytes of the same elements, with a hash where these are a fragment', () => {
    const made: Made[] = [
      {
        file: 0,
        kind: F32,
        fragments: [
          [0, 600],
          [1, 400],
        ],
      },
      {
        file: 1,
        kind: BF16,
        fragments: [
          [2, 300],
          [3, 100],
          [4, 100],
        ],
      },
    ];
    const [first, second, third] = fragmentsOf(made, oneBase(1, 0)).slice(2);
    const place = { file: 1, kind: F32, content: 0 };
    expect(first?.bases).toEqual([{ ...place, offset: HEADER, length: 600, within: 0, hash: 3 }]);
    expect(second?.bases).toEqual([
      { ...place, offset: HEADER + 600, length: 200, within: 600, hash: -1 },
    ]);
    expect(third?.bases).toEqual([
      { ...place, offset: HEADER + 800, length: 200, within: 800, hash: -1 },
    ]);
    const [, batch] = batchesOf(made, oneBase(1, 0));
    expect(batch?.files.map(({ path }) => path)).toEqual(['file 1', 'file 0']);
    expect(batch?.hashes.length).toBe(4 * 32);
    expect(batch?.hashes.subarray(3 * 32)).toEqual(new Uint8Array(32).fill(0));
  });

  it('has no base of another element count, a deflated one, or itself', () => {
    const tensor: Made = { file: 0, kind: BF16, fragments: [[0, 100]] };
    const shorter: Made = { file: 1, kind: BF16, fragments: [[1, 98]] };
    const contents = contentsOf([tensor, shorter, { ...tensor, file: 2, fragments: [[2, 100]] }]);
    const deflated = contents.inventory.contents[2]?.target;
    if (deflated !== undefined) Object.assign(deflated, { inflate: { skip: 0, length: 100 } });
    for (const base of [1, 2]) {
      const [batch] = planEncoding(contents, oneBase(0, base)).batches();
      expect(batch?.fragments[0]?.bases).toEqual([]);
    }
    const bytes: Made = { file: 0, kind: 0, fragments: [[0, 100]] };
    expect(fragmentsOf([bytes, shorter], oneBase(0, 1))[0]?.bases).toEqual([]);
  });

  it('takes what does not begin and end with whole elements as bytes, and no part of a block as base', () => {
    const blocks: Made = {
      file: 0,
      kind: Q4_0,
      fragments: [
        [0, 18],
        [1, 20],
        [2, 16],
        [3, 18],
      ],
    };
    const kinds = fragmentsOf([blocks]).map(({ kind }) => kind);
    expect(kinds).toEqual([Q4_0, undefined, undefined, Q4_0]);
    const floats: Made = {
      file: 1,
      kind: F32,
      fragments: [
        [4, 128],
        [5, 64],
        [6, 320],
      ],
    };
    const onBlocks = fragmentsOf([blocks, floats], oneBase(1, 0)).slice(4);
    expect(
      onBlocks.map(({ bases }) => bases.map(({ within, length }) => [within, length])),
    ).toEqual([[[0, 18]], [], []]);
  });

  it('stores without base whatever a base consists of, wherever it is met first', () => {
    const made: Made[] = [
      {
        file: 0,
        kind: BF16,
        fragments: [
          [0, 100],
          [1, 100],
        ],
      },
      {
        file: 1,
        kind: BF16,
        fragments: [
          [0, 100],
          [2, 100],
        ],
      },
      {
        file: 2,
        kind: BF16,
        fragments: [
          [3, 100],
          [4, 100],
        ],
      },
    ];
    const basesOf: BasesOf = (content) => (content === 0 ? [2] : content === 2 ? [] : []);
    expect(fragmentsOf(made, basesOf)[0]?.bases.length).toBe(1);
    // Content 1 has fragment 0 in common with content 0; as someone's base it must stand alone.
    const both: BasesOf = (content) => (content === 0 ? [2] : content === 3 ? [1] : []);
    const more: Made[] = [
      ...made,
      {
        file: 3,
        kind: BF16,
        fragments: [
          [5, 100],
          [6, 100],
        ],
      },
    ];
    const planned = fragmentsOf(more, both);
    const countOf = (digest: number): number | undefined =>
      planned.find((fragment) => fragment.digest === digest)?.bases.length;
    expect([0, 1, 2, 3, 4, 5, 6].map(countOf)).toEqual([0, 1, 0, 0, 0, 1, 1]);
  });

  it('refuses a base that is to have a base', () => {
    const made = [0, 1, 2].map((at): Made => ({ file: at, kind: BF16, fragments: [[at, 100]] }));
    const chain: BasesOf = (content) => (content < 2 ? [content + 1] : []);
    expect(() => planEncoding(contentsOf(made), chain)).toThrow(RangeError);
  });

  it('opens few files in a task, however many bases there are', () => {
    const dependants = Array.from(
      { length: 40 },
      (_, at): Made => ({ file: 0, kind: BF16, fragments: [[at, 100]] }),
    );
    const bases = dependants.map(
      (_, at): Made => ({ file: at + 1, kind: BF16, fragments: [[40 + at, 100]] }),
    );
    const batches = batchesOf([...dependants, ...bases], (content) =>
      content < 40 ? [content + 40] : [],
    );
    const counts = batches.map(({ files }) => files.length);
    expect(Math.max(...counts)).toBe(16);
    for (const { files, fragments } of batches) {
      for (const { bases: parts, digest } of fragments) {
        for (const part of parts) expect(files[part.file]?.path).toBe(`file ${digest + 1}`);
      }
    }
  });
});
