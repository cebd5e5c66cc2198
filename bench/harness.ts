import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Sample, summarise } from './statistics';

export interface Contender {
  readonly name: string;
  /** Does the work once. Rejects when it did not do all of it. */
  readonly run: () => Promise<Sample> | Sample;
}

export interface Measured {
  readonly name: string;
  readonly samples: readonly Sample[];
}

export interface BenchOptions {
  readonly rounds: number;
  /** The repository's root: results go to bench/results. */
  readonly root: string;
  /** Bytes of generated data, where a benchmark makes some. */
  readonly size: number;
  /** Where generated data is kept and found again; undefined: a temporary folder. */
  readonly folder: string | undefined;
}

/** Warms every contender up once, then runs them in turn, so that drift of the machine hits all. */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Measured[]> {
  for (const contender of contenders) await contender.run();
  const measured = contenders.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      measured[index]?.samples.push(await contender.run());
    }
  }
  return measured;
}

/** A table of plain text: the first column left-aligned, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** name, GB/s at best and in the median, seconds, peak memory. 1 GB = 10^9 bytes. */
export function throughputTable(measured: readonly Measured[], bytes: number): string {
  const speed = (seconds: number): string => (bytes / seconds / 1e9).toFixed(2);
  const rows = measured.map(({ name, samples }) => {
    const { minSeconds, medianSeconds, peakBytes } = summarise(samples);
    const peak = peakBytes === 0 ? '' : `${Math.round(peakBytes / 1e6)} MB`;
    const times = [minSeconds, medianSeconds].map((each) => each.toFixed(3));
    return [name, speed(minSeconds), speed(medianSeconds), ...times, peak];
  });
  const head = ['', 'GB/s best', 'GB/s median', 's best', 's median', 'peak memory'];
  return table([head, ...rows]);
}

/** Writes bench/results/<name>.json: figures with the machine, the versions and the date. */
export function writeResult(root: string, name: string, figures: object): string {
  const folder = join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const about = { benchmark: name, date: new Date().toISOString(), machine: machine() };
  writeFileSync(file, `${JSON.stringify({ ...about, ...figures }, null, 2)}\n`);
  return file;
}

export function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    openssl: process.versions.openssl ?? 'unknown',
    sha256sum: firstLineOf('sha256sum', '--version'),
    opensslProgram: firstLineOf('openssl', 'version'),
  };
}

/** Highest resident memory of this process so far, in bytes; 0 where the system does not tell. */
export function peakMemory(): number {
  try {
    const kibibytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The first line that a program prints; `missing` when it cannot be started. */
export function firstLineOf(program: string, ...options: string[]): string {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const text = execFileSync(program, options, { encoding: 'utf8', stdio });
    return text.split('\n')[0] ?? '';
  } catch {
    return 'missing';
  }
}
