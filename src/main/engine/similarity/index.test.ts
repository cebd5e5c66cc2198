import { describe, expect, it } from 'vitest';
import { SIMHASH_WORDS } from '../kernels/signature';
import { flipChance, hashDistance } from './distance';
import { entryOf, type IndexEntry, MIN_INDEXED_ELEMENTS, SimilarityIndex } from './index';
import { normalValues, signed, updated } from './testing/made-signatures';

/** Seeded words of 32 bits. */
function randomWords(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const randomHash = (random: () => number): Uint32Array =>
  Uint32Array.from({ length: SIMHASH_WORDS }, random);

/** The hash of a neighbour whose correlation is `cosine`, on average. */
function neighbour(hash: Uint32Array, cosine: number, random: () => number): Uint32Array {
  const chance = flipChance(cosine) * 2 ** 32;
  return hash.map((word) => {
    let flips = 0;
    for (let bit = 0; bit < 32; bit++) if (random() < chance) flips |= 1 << bit;
    return word ^ flips;
  });
}

const plain = (simhash: Uint32Array, elements = 4096): IndexEntry => ({
  elements,
  simhash,
  transposed: undefined,
  level: NaN,
});

/** Entries in clusters, so that there are near and far ones. */
function clustered(count: number, seed: number, transposed = true): IndexEntry[] {
  const random = randomWords(seed);
  const centres = Array.from({ length: 5 }, () => randomHash(random));
  return Array.from({ length: count }, () => {
    const centre = centres[random() % centres.length] ?? randomHash(random);
    const other = centres[random() % centres.length] ?? randomHash(random);
    const cosine = 0.8 + (random() % 1000) / 5000;
    return {
      ...plain(neighbour(centre, cosine, random)),
      transposed: transposed && random() % 3 > 0 ? neighbour(other, cosine, random) : undefined,
    };
  });
}

interface Ranked {
  readonly id: number;
  readonly distance: number;
  readonly transposed: boolean;
}

function bruteForce(entries: ReadonlyMap<number, IndexEntry>, id: number, limit: number): Ranked[] {
  const query = entries.get(id);
  const all = [...entries].flatMap(([other, { simhash }]): Ranked[] => {
    if (query === undefined || other === id) return [];
    const direct = hashDistance(query.simhash, 0, simhash, 0);
    const turned = query.transposed && hashDistance(query.transposed, 0, simhash, 0);
    return turned !== undefined && turned < direct
      ? [{ id: other, distance: turned, transposed: true }]
      : [{ id: other, distance: direct, transposed: false }];
  });
  return all.sort((a, b) => a.distance - b.distance || a.id - b.id).slice(0, limit);
}

describe('the similarity index', () => {
  it('ranks small groups exactly as comparing with every entry does', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const entries = new Map(clustered(40 + seed * 7, seed).map((entry, id) => [id, entry]));
      const index = new SimilarityIndex();
      for (const [id, entry] of entries) index.add(id, entry);
      for (const id of [0, 7, 39]) {
        for (const limit of [1, 5, 1000]) {
          // A floor of -1 lets every distance pass.
          expect(index.candidates(id, -1, limit)).toEqual(bruteForce(entries, id, limit));
        }
      }
    }
  });

  it('leaves out what is too far for the floor, and no more', () => {
    const entries = new Map(clustered(200, 99, false).map((entry, id) => [id, entry]));
    const index = new SimilarityIndex();
    for (const [id, entry] of entries) index.add(id, entry);
    const found = index.candidates(3, 0.9, 1000);
    const furthest = Math.max(...found.map(({ distance }) => distance));
    const nearer = bruteForce(entries, 3, 1000).filter(({ distance }) => distance <= furthest);
    expect(found).toEqual(nearer);
    expect(found.length).toBeGreaterThan(10);
    // .90 is 37 bits on average, chance 128.
    expect(furthest).toBeLessThan(60);
  });

  it('is after additions and removals as one that was built from what is left', () => {
    const entries = clustered(3000, 5);
    const index = new SimilarityIndex();
    const random = randomWords(77);
    const left = new Map<number, IndexEntry>();
    for (let step = 0; step < 9000; step++) {
      const id = random() % entries.length;
      const entry = entries[id];
      if (entry === undefined) continue;
      if (left.delete(id)) expect(index.remove(id)).toBe(true);
      else {
        left.set(id, entry);
        expect(index.add(id, entry)).toBe(true);
      }
    }
    const rebuilt = new SimilarityIndex();
    for (const [id, entry] of left) rebuilt.add(id, entry);
    expect(index.size).toBe(left.size);
    expect(left.size).toBeGreaterThan(1200);
    for (const id of [...left.keys()].slice(0, 60)) {
      for (const floor of [0.95, 0.9, 0.5]) {
        expect(index.candidates(id, floor, 40)).toEqual(rebuilt.candidates(id, floor, 40));
      }
    }
    for (const id of [...left.keys()]) index.remove(id);
    expect(index.size).toBe(0);
    expect(index.groupSize(4096)).toBe(0);
  });

  it('finds 99 of 100 neighbours at the threshold among 30,000 of one shape', () => {
    const random = randomWords(11);
    const hashes = Array.from({ length: 30_000 }, () => randomHash(random));
    const index = new SimilarityIndex();
    for (const [id, hash] of hashes.entries()) index.add(id, plain(hash));
    for (const cosine of [0.9, 0.95, 0.995]) {
      let found = 0;
      for (let query = 0; query < 1000; query++) {
        const entry = plain(neighbour(hashes[query * 30] ?? randomHash(random), cosine, random));
        if (index.candidates(entry, 0.9, 8).some(({ id }) => id === query * 30)) found++;
      }
      expect(found).toBeGreaterThanOrEqual(990);
    }
  });

  it('never gives an entry as its own candidate, not even a symmetric one', () => {
    const hash = randomHash(randomWords(1));
    const index = new SimilarityIndex();
    for (let id = 0; id < 4; id++) index.add(id, { ...plain(hash), transposed: hash });
    expect(index.candidates(2, 0.9, 2).map(({ id }) => id)).toEqual([0, 1]);
    expect(index.candidates(2, 0.9, 8).every(({ transposed }) => !transposed)).toBe(true);
  });

  it('keeps element counts apart and leaves out tiny tensors', () => {
    const hash = randomHash(randomWords(2));
    const index = new SimilarityIndex();
    expect(index.add(0, plain(hash, MIN_INDEXED_ELEMENTS - 1))).toBe(false);
    expect(index.add(1, plain(hash, 100))).toBe(true);
    expect(index.add(1, plain(hash, 100))).toBe(false);
    index.add(2, plain(hash, 101));
    expect(index.candidates(1, 0.9, 8)).toEqual([]);
    expect(index.has(0)).toBe(false);
    expect(index.remove(0)).toBe(false);
    expect(index.candidates(0, 0.9, 8)).toEqual([]);
  });

  it('finds a reshaped tensor, and a transposed one as such', () => {
    const values = normalValues(4, 64 * 48);
    const turned = values.map((_, at) => values[(at % 64) * 48 + Math.floor(at / 64)] ?? 0);
    const index = new SimilarityIndex();
    index.add(0, entryOf(signed(values, 'F32', 64)));
    index.add(1, entryOf(signed(updated(values, 0.01, 5), 'BF16', 1)));
    index.add(2, entryOf(signed(turned, 'F16', 48)));
    index.add(3, entryOf(signed(normalValues(6, 64 * 48), 'F32', 64)));
    const found = index.candidates(0, 0.9, 8);
    expect(found.map(({ id, transposed }) => [id, transposed]).sort()).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('finds tensors that are all but constant by their level', () => {
    const index = new SimilarityIndex();
    const flat = (seed: number, mean: number): IndexEntry =>
      entryOf(signed(normalValues(seed, 256, 0.002 * mean, mean), 'F32'));
    index.add(0, flat(1, 1));
    index.add(1, flat(2, 1.01));
    index.add(2, flat(3, 3));
    expect(index.candidates(0, 0.9, 8).map(({ id }) => id)).toEqual([1]);
    index.add(3, flat(4, 0.99));
    index.remove(1);
    expect(index.candidates(0, 0.9, 8).map(({ id }) => id)).toEqual([3]);
  });

  it('takes at most 200 bytes an entry, transposed hashes included', () => {
    const random = randomWords(3);
    const index = new SimilarityIndex();
    for (let id = 0; id < 60_000; id++) {
      index.add(id, { ...plain(randomHash(random)), transposed: randomHash(random) });
    }
    expect(index.bytes / index.size).toBeLessThanOrEqual(200);
  });
});
