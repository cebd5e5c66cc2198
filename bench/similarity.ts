import { SIMHASH_WORDS } from '../src/main/engine/kernels/signature';
import { type IndexEntry, SimilarityIndex } from '../src/main/engine/similarity/index';
import { type BenchOptions, table, writeResult } from './harness';
import { median } from './statistics';

const SIZES = [10_000, 100_000, 1_000_000] as const;
/** Cosines at which neighbours are planted: the thresholds of the window, and one between. */
const COSINES = [0.9, 0.95, 0.995] as const;
const QUERIES = 600;
const FLOOR = 0.9;
const LIMIT = 32;
/** So low that bands would miss too much, and the group is scanned. */
const SCANNED_FLOOR = 0.6;
const SCANS = 41;

/** How the entries are spread: all of one element count, or over 200 of Zipf-like sizes. */
const spreads = [
  { name: 'one shape', shapes: 1 },
  { name: '200 shapes', shapes: 200 },
] as const;

interface Figures {
  readonly spread: string;
  readonly entries: number;
  readonly buildSeconds: number;
  readonly bytesPerEntry: number;
  readonly medianMicroseconds: number;
  readonly p99Microseconds: number;
  /** Looking at every entry of the query's group, as a search far below FLOOR does. */
  readonly scanMicroseconds: number;
  /** Share of planted neighbours found, by cosine. */
  readonly recall: readonly number[];
}

/**
 * The similarity index alone: seeded random SimHashes with transposed ones, and queries that are
 * neighbours of random entries, whose bits differ as those of pairs of a cosine do.
 */
export async function similarity(options: BenchOptions): Promise<void> {
  const figures: Figures[] = [];
  measure(SIZES[0], 1);
  for (const { name, shapes } of spreads) {
    for (const entries of SIZES) figures.push({ spread: name, ...measure(entries, shapes) });
  }
  console.log(table([head, ...figures.map(row)]));
  const about = { floor: FLOOR, limit: LIMIT, queries: QUERIES, cosines: COSINES };
  console.log(`\nwritten: ${writeResult(options.root, 'similarity', { ...about, figures })}`);
}

const head = [
  '',
  'entries',
  'build s',
  'B/entry',
  'median µs',
  'p99 µs',
  'scan µs',
  ...COSINES.map((cosine) => `recall ${cosine}`),
];

const row = (each: Figures): string[] => [
  each.spread,
  each.entries.toLocaleString('en'),
  each.buildSeconds.toFixed(2),
  each.bytesPerEntry.toFixed(0),
  each.medianMicroseconds.toFixed(0),
  each.p99Microseconds.toFixed(0),
  each.scanMicroseconds.toFixed(0),
  ...each.recall.map((recall) => recall.toFixed(4)),
];

function measure(entries: number, shapes: number): Omit<Figures, 'spread'> {
  const random = xorshift(entries + shapes);
  const words = Uint32Array.from({ length: entries * SIMHASH_WORDS }, random);
  const elementsOf = (id: number): number => 4096 + Math.floor(shapes * ((id * 0.618034) % 1) ** 2);
  const hashOf = (id: number): Uint32Array =>
    words.subarray(id * SIMHASH_WORDS, (id + 1) * SIMHASH_WORDS);
  const index = new SimilarityIndex();
  const start = performance.now();
  for (let id = 0; id < entries; id++) {
    const transposed = hashOf(entries - 1 - id);
    index.add(id, { elements: elementsOf(id), simhash: hashOf(id), transposed, level: NaN });
  }
  const buildSeconds = (performance.now() - start) / 1000;
  const times: number[] = [];
  const recall = COSINES.map((cosine) => {
    let found = 0;
    for (let query = 0; query < QUERIES; query++) {
      const id = random() % entries;
      const simhash = neighbour(hashOf(id), cosine, random);
      const entry: IndexEntry = {
        elements: elementsOf(id),
        simhash,
        transposed: undefined,
        level: NaN,
      };
      const before = performance.now();
      const candidates = index.candidates(entry, FLOOR, LIMIT);
      times.push((performance.now() - before) * 1000);
      if (candidates.some((candidate) => candidate.id === id)) found++;
    }
    return found / QUERIES;
  });
  times.sort((a, b) => a - b);
  const scans = Array.from({ length: SCANS }, () => {
    const id = random() % entries;
    const entry = {
      elements: elementsOf(id),
      simhash: hashOf(id),
      transposed: undefined,
      level: NaN,
    };
    const before = performance.now();
    index.candidates(entry, SCANNED_FLOOR, LIMIT);
    return (performance.now() - before) * 1000;
  });
  return {
    entries,
    buildSeconds,
    bytesPerEntry: index.bytes / entries,
    medianMicroseconds: median(times),
    scanMicroseconds: median(scans),
    p99Microseconds: times[Math.floor(times.length * 0.99)] ?? 0,
    recall,
  };
}

/** The hash with every bit flipped at the chance that the cosine's angle gives. */
function neighbour(hash: Uint32Array, cosine: number, random: () => number): Uint32Array {
  const chance = (Math.acos(cosine) / Math.PI) * 2 ** 32;
  return hash.map((word) => {
    let flips = 0;
    for (let bit = 0; bit < 32; bit++) if (random() < chance) flips |= 1 << bit;
    return word ^ flips;
  });
}

/** Seeded words of 32 bits: xorshift32 (Marsaglia, 2003), its start mixed. */
function xorshift(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
