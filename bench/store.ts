import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CODEC_BYTES } from '../src/main/engine/codecs/memory';
import type { Effort, Tools } from '../src/main/engine/codecs/types';
import { createZstd } from '../src/main/engine/codecs/zstd';
import { createKernelMemory, loadKernels } from '../src/main/engine/kernels/kernels';
import { type BenchOptions, firstLineOf, table, writeResult } from './harness';
import { readCorpus, type StoredFile, type Unit, unitsOf } from './store-corpus';
import { BASE_ID_BYTES, Coder, type Ideas, plan, type Stored, settle } from './store-plan';

/** What a record holds besides its data and its bases' ids: id, lengths, codec, checksum. */
const RECORD_BYTES = 48;

/** Ideas one after the other, each with those before it. */
const steps: readonly {
  readonly name: string;
  readonly solid: boolean;
  readonly ideas: Ideas;
  readonly inflating: boolean;
}[] = (() => {
  const none: Ideas = {};
  const based = { ...none, delta: true };
  const bytes = { ...based, bytesDelta: true };
  const rows = { ...bytes, rows: true };
  const map = { ...rows, rowsDelta: true };
  const scaled = { ...map, scaled: true };
  return [
    { name: 'each alone', ideas: none, solid: false, inflating: false },
    { name: '+ delta', ideas: based, solid: false, inflating: false },
    { name: '+ gaps of a file together', ideas: based, solid: true, inflating: false },
    { name: '+ gaps from a base', ideas: bytes, solid: true, inflating: false },
    { name: '+ redeflate', ideas: bytes, solid: true, inflating: true },
    { name: '+ rows from rows above', ideas: rows, solid: true, inflating: true },
    { name: '+ rows of a base', ideas: map, solid: true, inflating: true },
    { name: '+ scaled base', ideas: scaled, solid: true, inflating: true },
    { name: '+ two bases', ideas: { ...scaled, delta2: true }, solid: true, inflating: true },
  ];
})();

const effort: Effort = 'max';

/**
 * Every distinct content of ../shared/data stored with its best base, each idea switched on after the
 * other: bytes really encoded, decoded again and compared. Bases are stored alone.
 */
export async function store(options: BenchOptions): Promise<void> {
  const root = join(options.root, '../shared/data');
  if (!existsSync(root)) {
    console.log('left out, for there is no ../shared/data');
    return;
  }
  const tools: Tools = {
    kernels: loadKernels(
      createKernelMemory(CODEC_BYTES),
      join(import.meta.dirname, 'kernels.wasm'),
    ),
    zstd: createZstd(),
  };
  const corpora = new Map(
    [false, true].map((inflating) => [inflating, readCorpus(root, inflating)]),
  );
  const coders = new Map<string, Coder>();
  const results: Result[] = [];
  for (const { name, solid, ideas, inflating } of steps) {
    const files = corpora.get(inflating) ?? [];
    const key = `${solid}:${inflating}`;
    const coder = coders.get(key) ?? new Coder(unitsOf(files, solid), tools);
    coders.set(key, coder);
    const started = performance.now();
    const stored = settle(coder, plan(coder, ideas), ideas, effort);
    const seconds = (performance.now() - started) / 1000;
    results.push(resultOf(name, seconds, files, coder.units, stored));
    console.log(`${name}: ${(results.at(-1)?.ratio ?? 0).toFixed(4)}, ${seconds.toFixed(1)} s`);
  }
  report(results);
  const peers = peersOf(root, results[0]?.raw ?? 1);
  console.log(`\n${table([['peers', 'stored/raw'], ...peers])}`);
  console.log(`\nwritten: ${writeResult(options.root, 'store', { effort, results, peers })}`);
}

interface Result {
  readonly name: string;
  readonly seconds: number;
  /** Bytes of all files. */
  readonly raw: number;
  /** Encoded data and ids of bases. */
  readonly stored: number;
  readonly ratio: number;
  /** The same with the records around them. */
  readonly withRecords: number;
  readonly families: Readonly<Record<string, { readonly raw: number; readonly stored: number }>>;
  /** Raw and stored bytes by codec and cause. */
  readonly codecs: Readonly<
    Record<string, { readonly raw: number; readonly stored: number; readonly count: number }>
  >;
}

function resultOf(
  name: string,
  seconds: number,
  files: readonly StoredFile[],
  units: readonly Unit[],
  stored: readonly Stored[],
): Result {
  const families: Record<string, { raw: number; stored: number }> = {};
  for (const { family, size } of files) {
    families[family] ??= { raw: 0, stored: 0 };
    families[family].raw += size;
  }
  const codecs: Record<string, { raw: number; stored: number; count: number }> = {};
  let total = 0;
  for (const [at, { codec, bytes }] of stored.entries()) {
    const unit = units[at];
    if (unit === undefined) continue;
    total += bytes;
    const family = families[unit.family];
    if (family !== undefined) family.stored += bytes;
    const key = `${unit.cause}: ${codec.name}`;
    const sum = codecs[key] ?? { raw: 0, stored: 0, count: 0 };
    codecs[key] = {
      raw: sum.raw + unit.bytes.length,
      stored: sum.stored + bytes,
      count: sum.count + 1,
    };
  }
  const raw = files.reduce((sum, { size }) => sum + size, 0);
  const withRecords = (total + RECORD_BYTES * units.length) / raw;
  return { name, seconds, raw, stored: total, ratio: total / raw, withRecords, families, codecs };
}

function report(results: readonly Result[]): void {
  const names = Object.keys(results[0]?.families ?? {});
  const rows = names.map((family) => [
    family,
    megabytes(results[0]?.families[family]?.raw ?? 0),
    ...results.map(({ families }) => {
      const { raw = 1, stored = 0 } = families[family] ?? {};
      return (stored / raw).toFixed(3);
    }),
  ]);
  const sum = (name: string, of: (result: Result) => number): string[] => [
    name,
    megabytes(results[0]?.raw ?? 0),
    ...results.map((result) => of(result).toFixed(4)),
  ];
  const head = ['stored/raw', 'MB', ...results.map((_, at) => `${at}`)];
  console.log(`\n${results.map(({ name }, at) => `${at}  ${name}`).join('\n')}\n`);
  const total = sum('all', ({ ratio }) => ratio);
  const records = sum('with records', ({ withRecords }) => withRecords);
  console.log(table([head, ...rows, total, records]));
  const last = Object.entries(results.at(-1)?.codecs ?? {});
  const byCodec = last
    .sort((a, b) => b[1].stored - a[1].stored)
    .map(([name, { raw, stored, count }]) => [
      name,
      `${count}`,
      megabytes(raw),
      megabytes(stored),
      (stored / raw).toFixed(3),
    ]);
  console.log(`\n${table([['at last', 'units', 'MB', 'stored MB', ''], ...byCodec])}`);
  console.log(`A base's id counts ${BASE_ID_BYTES} bytes, a record ${RECORD_BYTES} more.`);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

/** zstd where it is installed; the others as the project measured them on the same files. */
function peersOf(root: string, raw: number): string[][] {
  const quoted = [
    ['borg, small chunks, zstd 19 (measured before)', '0.705'],
    ['casync (measured before)', '0.786'],
    ['restic --compression max (measured before)', '0.856'],
  ];
  if (firstLineOf('zstd', '--version') === 'missing') return quoted;
  const each = `find . -mindepth 2 -type f ! -name '*.txt' ! -name '*.md' -print0 | sort -z`;
  const run = (command: string): string => {
    const text = execFileSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
    return (Number(text.trim()) / raw).toFixed(3);
  };
  return [
    ['zstd -19, file by file', run(`${each} | xargs -0 -n 1 zstd -19 -q -c | wc -c`)],
    [
      'one tar through zstd -19 --long',
      run(`${each} | tar -cf - --null -T - | zstd -19 --long -q -c | wc -c`),
    ],
    ...quoted,
  ];
}
