import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignBases, type Option } from '../src/main/engine/estimate/assign';
import { contentsBySignature } from '../src/main/engine/estimate/measure';
import { type PairWish, startMeasuring } from '../src/main/engine/jobs/measure';
import { KernelPool } from '../src/main/engine/jobs/pool';
import { type BaseTensor, baseOptions, chooseBases } from '../src/main/engine/similarity/bases';
import { estimateAlone } from '../src/main/engine/similarity/estimate-pair';
import type { MeasureBook } from '../src/main/engine/similarity/measures';
import {
  type EngineParts,
  fingerprintedParts,
} from '../src/main/engine/similarity/testing/engine-parts';
import { madeLibrary, writeLibrary } from '../src/main/engine/similarity/testing/made-library';
import { type BenchOptions, table, writeResult } from './harness';

/** Options that are measured where one is not trusted; as many as estimate/service.ts measures. */
const MEASURED_BASES = 8;

/** A tensor that the library holds once, with its pairs by both ways of choosing. */
interface Subject {
  readonly signed: number;
  /** Raw bytes. */
  readonly length: number;
  /** Signature numbers of all other tensors of equal element count. */
  readonly all: readonly number[];
  /** Of those, the ones that signatures would have a base be, likeliest first. */
  readonly options: readonly number[];
  /** The base that signatures alone choose. */
  readonly choice: number | undefined;
}

/** Bytes predicted for all tensors together, and how many pairs had to be measured. */
interface Total {
  readonly name: string;
  /** Every tensor as the smaller of alone and its difference from the base. */
  readonly bytes: number;
  /** Of the tensors that the exhaustive search stores as differences only. */
  readonly deltaBytes: number;
  /** As a library stores them: bases are stored alone. */
  readonly libraryBytes: number;
  readonly pairs: number;
}

/**
 * How much is lost by choosing bases from signatures: predicted bytes, measured on all data, with
 * the chosen base against the best of all tensors of equal element count.
 */
export async function bases(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const pool = new KernelPool(availableParallelism());
  try {
    writeLibrary(folder, madeLibrary(900));
    const results = [await compare('40 made models', folder, pool)];
    const real = join(options.root, '../shared/data');
    if (existsSync(real)) results.push(await compare('real models', real, pool));
    else console.log('\nreal models: left out, for there is no ../shared/data');
    console.log(`\nwritten: ${writeResult(options.root, 'bases', { results })}`);
  } finally {
    await pool.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(name: string, folder: string, pool: KernelPool): Promise<object> {
  const parts = await fingerprintedParts(folder, pool);
  const started = performance.now();
  const subjects = subjectsOf(parts);
  const chosen = performance.now();
  const book = await measureAll(subjects, parts, pool);
  const seconds = {
    choosing: (chosen - started) / 1000,
    exhaustive: (performance.now() - chosen) / 1000,
  };
  const totals = totalsOf(subjects, book);
  const { models } = parts.inventory;
  const bytes = subjects.reduce((sum, { length }) => sum + length, 0);
  console.log(
    `\n${name}: ${models} models, ${subjects.length} distinct tensors that others are like in` +
      ` element count, ${(bytes / 1e6).toFixed(1)} MB; choosing took` +
      ` ${seconds.choosing.toFixed(2)} s, measuring all pairs ${seconds.exhaustive.toFixed(1)} s\n`,
  );
  console.log(table([head, ...totals.map((total) => row(total, totals[0] ?? total))]));
  return { name, models, tensors: subjects.length, bytes, seconds, totals };
}

/** All tensors of which there are others of equal element count: the rest have no base to choose. */
function subjectsOf({ similarity, inventory }: EngineParts): Subject[] {
  const { index, relations, store } = similarity;
  const tensors = [...contentsBySignature(inventory)].flatMap(([signed, at]) => {
    const length = inventory.contents[at]?.length ?? 0;
    const signature = store.get(signed);
    return signature === undefined ? [] : [{ signed, length, signature }];
  });
  const counts = new Map<number, number[]>();
  for (const { signed, signature } of tensors) {
    const alike = counts.get(signature.elements);
    if (alike === undefined) counts.set(signature.elements, [signed]);
    else alike.push(signed);
  }
  const trusting = tensors.map(
    ({ signed, length, signature }): BaseTensor => ({
      signed,
      elements: signature.elements,
      aloneBytes: estimateAlone(signature, length),
    }),
  );
  const choices = chooseBases(trusting, index, relations);
  const wary = trusting.map((tensor, at) => ({
    ...tensor,
    aloneBytes: tensors[at]?.length ?? tensor.aloneBytes,
  }));
  const options = baseOptions(wary, index, relations);
  return tensors.flatMap(({ signed, length, signature: { elements } }) => {
    const all = (counts.get(elements) ?? []).filter((other) => other !== signed);
    if (all.length === 0) return [];
    const likely = (options.get(signed) ?? []).slice(0, MEASURED_BASES);
    return {
      signed,
      length,
      all,
      options: likely.map(({ base }) => base),
      choice: choices.get(signed)?.base,
    };
  });
}

/** Every pair measured on all of its data, in a book that the choosing did not know. */
async function measureAll(
  subjects: readonly Subject[],
  { similarity, board, newBook }: EngineParts,
  pool: KernelPool,
): Promise<MeasureBook> {
  const book = newBook();
  const wishes = subjects.flatMap(({ signed, all }) =>
    all.map((base): PairWish => ({ tensor: signed, base, how: 'values' })),
  );
  const placeOf = similarity.members.placeOf.bind(similarity.members);
  const context = { board, pool, book, placeOf, changed: () => undefined };
  await startMeasuring(() => wishes, 'Measuring all pairs', context);
  await board.idle();
  const message = board.list().at(-1)?.message;
  if (message !== undefined) throw new Error(message);
  return book;
}

/** Predicted bytes as a difference from the base; Infinity where the pair cannot be measured. */
function deltaOf(tensor: number, base: number, book: MeasureBook): number {
  const measure = book.get(tensor, base, 'values');
  return measure?.how === 'values' ? measure.deltaBytes : Infinity;
}

/** Any pair tells what its tensor takes alone. */
function aloneOf({ signed, length, all }: Subject, book: MeasureBook): number {
  for (const base of all) {
    const measure = book.get(signed, base, 'values');
    if (measure?.how === 'values') return Math.min(length, measure.aloneBytes);
  }
  return length;
}

/** Ways to choose: the bases that each measures for a tensor. */
const ways: readonly {
  readonly name: string;
  readonly of: (subject: Subject) => readonly number[];
}[] = [
  { name: 'exhaustive', of: ({ all }) => all },
  { name: 'no base at all', of: () => [] },
  { name: 'signatures alone', of: ({ choice }) => (choice === undefined ? [] : [choice]) },
  { name: `best of ${MEASURED_BASES} measured`, of: ({ options }) => options },
];

function totalsOf(subjects: readonly Subject[], book: MeasureBook): Total[] {
  const alone = subjects.map((subject) => aloneOf(subject, book));
  const positions = new Map(subjects.map(({ signed }, at) => [signed, at]));
  const optionsOf = (bases: (subject: Subject) => readonly number[]): Option[][] =>
    subjects.map((subject, tensor) =>
      bases(subject).map((base) => {
        const bytes = deltaOf(subject.signed, base, book);
        return { tensor, base: positions.get(base) ?? tensor, bytes };
      }),
    );
  const smallest = (options: readonly Option[], at: number): number =>
    options.reduce((least, { bytes }) => Math.min(least, bytes), alone[at] ?? 0);
  const isDelta = optionsOf(({ all }) => all).map(
    (options, at) => smallest(options, at) < (alone[at] ?? 0),
  );
  return ways.map(({ name, of }) => {
    const options = optionsOf(of);
    const bytes = options.map(smallest);
    const assigned = assignBases(alone, options.flat());
    return {
      name,
      bytes: sumOf(bytes),
      deltaBytes: sumOf(bytes.filter((_, at) => isDelta[at])),
      libraryBytes: sumOf(assigned.map((option, at) => option?.bytes ?? alone[at] ?? 0)),
      pairs: sumOf(options.map((each) => each.length)),
    };
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const head = ['', 'pairs', 'MB', 'of exhaustive', 'differences MB', '', 'library MB', ''];

function row(total: Total, exhaustive: Total): string[] {
  const share = (key: 'bytes' | 'deltaBytes' | 'libraryBytes'): string[] => [
    (total[key] / 1e6).toFixed(3),
    (total[key] / exhaustive[key]).toFixed(4),
  ];
  return [
    total.name,
    total.pairs.toLocaleString('en'),
    ...share('bytes'),
    ...share('deltaBytes'),
    ...share('libraryBytes'),
  ];
}
