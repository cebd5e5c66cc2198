import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import type { FileFingerprint } from '../fragments/segments';
import { type FilePieces, PieceStore } from './pieces';
import { SharingIndex } from './sharing';

/** A file as a list of segments, each a list of fragments; a fragment is a letter and a length. */
type TestFile = readonly (readonly (readonly [letter: string, length: number])[])[];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const contentOf = (segment: TestFile[number]): string =>
  segment.map(([letter, length]) => letter.repeat(length)).join('');

function fingerprintOf(file: TestFile): FileFingerprint {
  const fragments = file.flat();
  return {
    sha256: digest('file'),
    segmentHashes: Buffer.concat(file.map((segment) => digest(contentOf(segment)))),
    fragmentCounts: Uint32Array.from(file.map((segment) => segment.length)),
    fragmentHashes: Buffer.concat(fragments.map((fragment) => digest(contentOf([fragment])))),
    fragmentLengths: Uint32Array.from(fragments.map(([, length]) => length)),
  };
}

const modelId = (at: number): ModelId => at.toString(16).padStart(16, '0') as ModelId;

function build(models: readonly (readonly TestFile[])[]) {
  const pieces = new PieceStore();
  const index = new SharingIndex(pieces);
  models.forEach((files, at) => {
    const parts = files.map((file, no) => ({
      key: `${at}:${no}`,
      pieces: pieces.add(fingerprintOf(file), new Uint8Array()),
    }));
    index.add({ id: modelId(at), files: parts, tensors: tensorsOf(parts) });
  });
  return { pieces, index };
}

const tensorsOf = (parts: readonly { pieces: FilePieces }[]): Int32Array =>
  Int32Array.from(parts.flatMap((part) => [...part.pieces.segments]));

/** The definitions of the four byte counts, written down as slowly as they read. */
function slowCounts(models: readonly (readonly TestFile[])[]) {
  const sets = models.map((files) => {
    const fragments = new Map<string, number>();
    for (const [letter, length] of files.flat(2)) fragments.set(letter.repeat(length), length);
    return fragments;
  });
  const sum = (lengths: Iterable<number>): number => [...lengths].reduce((a, b) => a + b, 0);
  return sets.map((own, at) => {
    const others = sets.filter((_, other) => other !== at);
    const exclusive = [...own].filter(([key]) => !others.some((other) => other.has(key)));
    return {
      uniqueBytes: sum(own.values()),
      exclusiveBytes: sum(exclusive.map(([, length]) => length)),
    };
  });
}

/** Bytes of the distinct fragments of the chosen models that no other model uses, or all of them. */
function slowUnion(models: readonly (readonly TestFile[])[], chosen: ReadonlySet<number>) {
  const users = new Map<string, Set<number>>();
  models.forEach((files, at) => {
    for (const [letter, length] of files.flat(2)) {
      const key = letter.repeat(length);
      users.set(key, (users.get(key) ?? new Set()).add(at));
    }
  });
  const bytes = (test: (who: ReadonlySet<number>) => boolean): number =>
    [...users].reduce((sum, [key, who]) => sum + (test(who) ? key.length : 0), 0);
  return {
    uniqueBytes: bytes((who) => [...who].some((at) => chosen.has(at))),
    exclusiveBytes: bytes((who) => [...who].every((at) => chosen.has(at))),
    shared: bytes((who) => who.size > 1),
  };
}

const fragment = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 5 }));
/** One fragment per segment, so that no two cuts of one content can differ. */
const file = fc.array(
  fragment.map((one) => [one] as const),
  { maxLength: 6 },
);
const family = fc.array(fc.array(file, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 6,
});

describe('SharingIndex', () => {
  it('agrees with the definitions on made families', () => {
    fc.assert(
      fc.property(family, (models) => {
        const { index } = build(models);
        slowCounts(models).forEach((expected, at) => {
          const counts = index.counts(modelId(at));
          expect(counts).toMatchObject(expected);
          expect(counts?.sharedBytes).toBe(expected.uniqueBytes - expected.exclusiveBytes);
        });
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('saves exactly logical minus unique bytes, and splits it without remainder', () => {
    fc.assert(
      fc.property(family, (models) => {
        const { index } = build(models);
        const logical = models.flat(3).reduce((sum, one) => sum + one[1], 0);
        const { acrossModels, insideModels } = index.saved();
        expect(acrossModels + insideModels).toBe(logical - index.totals.uniqueBytes);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('counts any selection as the union of its models', () => {
    fc.assert(
      fc.property(family, fc.infiniteStream(fc.boolean()), (models, coin) => {
        const { index } = build(models);
        const chosen = new Set(models.map((_, at) => at).filter(() => coin.next().value));
        const { shared, ...expected } = slowUnion(models, chosen);
        expect(index.union([...chosen].map(modelId))).toEqual(expected);
        expect(index.totals.sharedBytes).toBe(shared);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('forgets a removed model as if it had never been added', () => {
    fc.assert(
      fc.property(family, (models) => {
        const { index } = build(models);
        index.remove(new Set([modelId(0)]));
        const rest = build(models.slice(1)).index;
        models.slice(1).forEach((_, at) => {
          expect(index.counts(modelId(at + 1))).toEqual(rest.counts(modelId(at)));
        });
        expect(index.totals).toEqual(rest.totals);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('finds partners with the bytes that both use, most first', () => {
    const { index } = build([
      [[[['a', 5]], [['b', 3]], [['c', 1]]]],
      [[[['b', 3]]]],
      [[[['a', 5]], [['c', 1]]]],
      [[[['d', 2]]]],
    ]);
    expect(index.partners(modelId(0))).toEqual([
      { id: modelId(2), sharedBytes: 6 },
      { id: modelId(1), sharedBytes: 3 },
    ]);
    expect(index.partners(modelId(3))).toEqual([]);
  });

  it('counts equal segments once even when they were cut differently, whatever the order', () => {
    const long: TestFile = [
      [
        ['x', 4],
        ['x', 2],
      ],
    ];
    const short: TestFile = [
      [
        ['x', 3],
        ['x', 3],
      ],
    ];
    for (const order of [
      [long, short],
      [short, long],
    ] as const) {
      const { index } = build(order.map((one) => [one]));
      expect(index.totals.uniqueBytes).toBe(3);
      expect(index.counts(modelId(0))?.exclusiveBytes).toBe(0);
      expect(index.counts(modelId(1))?.exclusiveBytes).toBe(0);
    }
  });

  it('counts how many models hold a tensor, once per model', () => {
    const { index, pieces } = build([[[[['a', 2]], [['a', 2]]]], [[[['a', 2]]]], [[[['b', 2]]]]]);
    const digestOf = index.model(modelId(0))?.tensors[0] as number;
    expect(pieces.hex(digestOf)).toBe(digest('aa').toString('hex'));
    expect(index.tensorModels(digestOf)).toBe(2);
  });
});
