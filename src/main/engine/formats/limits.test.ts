import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from './testing/cases';
import { type CorpusFile, corpus } from './testing/corpus';
import type { LimitsAnswer } from './testing/limits-child';

/** The bounds that hold for every file, whatever it says of itself. */
const MAX_SECONDS = 5;
const MAX_BYTES = 512 * 1024 * 1024;
/** V8's heap in the child; buffers come on top. */
const HEAP_MEGABYTES = 256;

interface Bundler {
  readonly bundle: (name: string, entries: Record<string, string>) => Promise<string>;
}

const scratch = scratchFolder('limits');
let child: ChildProcess;
let answers: AsyncIterator<string>;

beforeAll(async () => {
  const { bundle } = (await import('../../../../scripts/lib/bundle.mjs' as string)) as Bundler;
  const source = 'src/main/engine/formats/testing/limits-child.ts';
  const out = await bundle('tessera-limits', { child: source });
  const limits = [`--max-old-space-size=${HEAP_MEGABYTES}`, '--expose-gc'];
  const options = [...limits, join(out, 'child.js')];
  child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output');
  answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}, 60_000);
afterAll(() => {
  child.kill();
  scratch.remove();
});

interface Measured extends LimitsAnswer {
  readonly name: string;
}

/** Has the child read one file of the corpus. Rejects when it dies or takes four times too long. */
async function measure(file: CorpusFile, folder: string): Promise<Measured> {
  const path = file.write(folder);
  const watchdog = setTimeout(() => child.kill('SIGKILL'), 4 * MAX_SECONDS * 1000);
  try {
    child.stdin?.write(`${path}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error(`the child ended while it read ${file.name}`);
    return { name: `${file.section}: ${file.name}`, ...(JSON.parse(value) as LimitsAnswer) };
  } finally {
    clearTimeout(watchdog);
    if (file.large) rmSync(path);
  }
}

/** What is wrong with how a file was taken, in a process that has little of everything. */
function excesses({ expect: expected }: CorpusFile, measured: Measured): string[] {
  const { name, outcome, seconds, peakBytes } = measured;
  const isRefused = outcome.startsWith('refused: ');
  return [
    ...(isRefused === (expected.kind === 'refused') ? [] : [`${name}: ${outcome}`]),
    ...(seconds < MAX_SECONDS ? [] : [`${name}: ${seconds} s`]),
    ...(peakBytes < MAX_BYTES ? [] : [`${name}: ${peakBytes} bytes of memory`]),
  ];
}

function told(what: string, measured: readonly Measured[]): string {
  const slowest = measured.toSorted((a, b) => b.seconds - a.seconds)[0];
  const largest = measured.toSorted((a, b) => b.peakBytes - a.peakBytes)[0];
  return [
    `${what}: ${measured.length} files`,
    `slowest ${slowest?.seconds.toFixed(2)} s (${slowest?.name})`,
    `most memory ${Math.round((largest?.peakBytes ?? 0) / 2 ** 20)} MiB (${largest?.name})`,
  ].join('; ');
}

describe('a process with a heap of 256 MB', () => {
  const groups = [
    ['every small file of the corpus', corpus.filter(({ large }) => !large)],
    ['every file that is made to take time or memory', corpus.filter(({ large }) => large)],
  ] as const;
  for (const [what, files] of groups) {
    it(`reads ${what} within ${MAX_SECONDS} s and 512 MiB each`, async () => {
      expect(files.length).toBeGreaterThan(20);
      const measured: Measured[] = [];
      const wrong: string[] = [];
      for (const file of files) {
        const folder = join(scratch.folder, file.section);
        mkdirSync(folder, { recursive: true });
        const one = await measure(file, folder);
        measured.push(one);
        wrong.push(...excesses(file, one));
      }
      console.info(told(what, measured));
      expect(wrong).toEqual([]);
    }, 300_000);
  }
});
