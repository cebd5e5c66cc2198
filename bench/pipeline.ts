import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effort } from '../src/main/engine/codecs/types';
import { writeSamples } from '../src/main/engine/samples';
import {
  type BenchOptions,
  type Contender,
  firstLineOf,
  interleave,
  table,
  throughputTable,
  writeResult,
} from './harness';
import type { PipelineRun } from './pipeline-child';
import { runProcess } from './processes';
import { median } from './statistics';

interface Setting {
  readonly name: string;
  readonly threads: number;
  readonly prefix: readonly string[];
}

interface Family {
  readonly folder: string;
  /** Largest first. */
  readonly files: readonly string[];
  readonly bytes: number;
}

type Runs = Map<Effort, PipelineRun[]>;

/**
 * Everything that packing does but writing: a made family read, hashed, signed, its bases chosen,
 * every distinct fragment encoded, decoded again and compared; as a whole process, in turn with
 * sha256sum and cp over the same files. `max` runs once, for it takes long and is asked for rarely.
 */
export async function pipeline(options: BenchOptions): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    const family = await makeFamily(join(folder, 'family'), options.size);
    console.log(`${family.files.length} files, ${(family.bytes / 1e9).toFixed(3)} GB`);
    const results = [];
    for (const setting of settings()) {
      const runs: Runs = new Map();
      const contenders = contendersOf(family, setting, join(folder, 'copy'), runs);
      const measured = await interleave(contenders, options.rounds);
      await tessera('max', family, setting, runs).run();
      console.log(`\n${setting.name}\n${throughputTable(measured, family.bytes)}\n`);
      console.log(table([head, ...[...runs].map(([effort, own]) => row(effort, own))]));
      results.push({ setting, measured, runs: Object.fromEntries(runs) });
    }
    const figures = { bytes: family.bytes, files: family.files.length, results };
    console.log(`\nwritten: ${writeResult(options.root, 'pipeline', figures)}`);
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function settings(): Setting[] {
  const cores = availableParallelism();
  const all = { name: `all ${cores} cores`, threads: cores, prefix: [] };
  if (cores < 2 || firstLineOf('taskset', '--version') === 'missing') return [all];
  return [{ name: 'two cores', threads: 2, prefix: ['taskset', '-c', '0,1'] }, all];
}

function contendersOf(family: Family, setting: Setting, copy: string, runs: Runs): Contender[] {
  const { prefix, threads } = setting;
  const sha256sum: Contender = {
    name: `sha256sum -P${threads}`,
    run: async () => {
      const options = ['-0', '-n', '1', '-P', `${threads}`, 'sha256sum'];
      return (await runProcess([...prefix, 'xargs', ...options], family.files.join('\0'))).sample;
    },
  };
  const cp: Contender = {
    name: 'cp',
    run: async () => {
      rmSync(copy, { recursive: true, force: true });
      const { sample } = await runProcess([...prefix, 'cp', '-r', family.folder, copy]);
      rmSync(copy, { recursive: true, force: true });
      return sample;
    },
  };
  const own = (['fast', 'balanced'] as const).map((effort) =>
    tessera(effort, family, setting, runs),
  );
  return [...own, sha256sum, cp];
}

function tessera(
  effort: Effort,
  { folder, bytes }: Family,
  { prefix, threads }: Setting,
  runs: Runs,
): Contender {
  const child = join(import.meta.dirname, 'pipeline-child.js');
  return {
    name: `tessera ${effort}`,
    run: async () => {
      const command = [...prefix, process.execPath, child, folder, effort, `${threads}`];
      const { sample, stdout } = await runProcess(command);
      const run: PipelineRun = JSON.parse(stdout);
      if (run.logicalBytes !== bytes) throw new Error(`${run.logicalBytes} bytes, not ${bytes}`);
      if (run.refused > 0) throw new Error(`${run.refused} fragments did not decode`);
      runs.set(effort, [...(runs.get(effort) ?? []), run]);
      return { ...sample, peakBytes: run.peakBytes };
    },
  };
}

const head = [
  'seconds, median',
  'fingerprint',
  'choose',
  'encode',
  'GB/s of distinct bytes',
  'processor s',
  'stored/distinct',
  'stored/logical',
  'peak memory',
];

function row(effort: Effort, runs: readonly PipelineRun[]): string[] {
  const [run] = runs;
  if (run === undefined) return [effort];
  const middle = (of: (run: PipelineRun) => number): number => median(runs.map(of));
  const encode = middle(({ seconds }) => seconds.encode);
  return [
    effort,
    middle(({ seconds }) => seconds.fingerprint).toFixed(2),
    middle(({ seconds }) => seconds.choose).toFixed(2),
    encode.toFixed(2),
    (run.rawBytes / encode / 1e9).toFixed(2),
    middle(({ seconds }) => seconds.encodeProcessor).toFixed(2),
    (run.storedBytes / run.rawBytes).toFixed(4),
    (run.storedBytes / run.logicalBytes).toFixed(4),
    `${Math.round(Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1e6)} MB`,
  ];
}

async function makeFamily(folder: string, size: number): Promise<Family> {
  console.log(`making a family of ${(size / 1e9).toFixed(1)} GB in ${folder}`);
  mkdirSync(folder, { recursive: true });
  await writeSamples(folder, { size });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, size: statSync(path).size }))
    .sort((a, b) => b.size - a.size);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return { folder, files: files.map((file) => file.path), bytes };
}
