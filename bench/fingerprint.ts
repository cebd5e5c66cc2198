import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSamples } from '../src/main/engine/samples';
import type { EngineRun } from './engine-child';
import {
  type BenchOptions,
  type Contender,
  firstLineOf,
  interleave,
  type Measured,
  throughputTable,
  writeResult,
} from './harness';
import { runProcess } from './processes';
import { median, pairRatios } from './statistics';

/** Processes of the peers, as the goal is stated: sha256sum with two. */
const PEER_PROCESSES = 2;
const TWO_CORES = ['taskset', '-c', '0,1'];

interface Family {
  readonly folder: string;
  /** Absolute, largest first: the order that keeps two processes busy longest. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * Tessera's fingerprint of a made model family, as a whole process with an empty catalogue, against
 * sha256sum (and openssl, whose SHA-256 uses the processor's instructions) over the same files.
 */
export async function fingerprint(options: BenchOptions): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    const family = await makeFamily(folder, options.size);
    console.log(`${family.files.length} files, ${(family.bytes / 1e9).toFixed(3)} GB`);
    const settings = [{ name: 'all cores', prefix: [] as string[] }];
    if (firstLineOf('taskset', '--version') !== 'missing') {
      settings.push({ name: 'two cores', prefix: TWO_CORES });
    }
    const results = [];
    for (const { name, prefix } of settings) {
      const measured = await interleave(contenders(family, prefix), options.rounds);
      console.log(`\n${name}\n${throughputTable(measured, family.bytes)}\n`);
      results.push({ setting: name, measured, ratios: printRatios(measured) });
    }
    const figures = { bytes: family.bytes, files: family.files.length, results };
    console.log(`\nwritten: ${writeResult(options.root, 'fingerprint', figures)}`);
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Ratio of speeds, pair by pair, of the first contender to each of the others. */
function printRatios([subject, ...peers]: readonly Measured[]): object[] {
  return peers.map((peer) => {
    const ratios = pairRatios(subject?.samples ?? [], peer.samples);
    const list = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
    const range = `min ${Math.min(...ratios).toFixed(2)}, median ${median(ratios).toFixed(2)}`;
    console.log(`${subject?.name} / ${peer.name}: ${range} (${list})`);
    return { peer: peer.name, ratios };
  });
}

function contenders(family: Family, prefix: string[]): Contender[] {
  const engine = join(import.meta.dirname, 'engine-child.js');
  const peer = (...command: string[]): Contender => ({
    name: `${command[0]} -P${PEER_PROCESSES}`,
    run: async () => {
      const options = ['-0', '-n', '1', '-P', `${PEER_PROCESSES}`, ...command];
      const input = family.files.join('\0');
      return (await runProcess([...prefix, 'xargs', ...options], input)).sample;
    },
  });
  const tessera: Contender = {
    name: 'tessera',
    run: async () => {
      const command = [...prefix, process.execPath, engine, family.folder];
      const { sample, stdout } = await runProcess(command);
      const run: EngineRun = JSON.parse(stdout);
      if (run.bytes !== family.bytes) {
        throw new Error(`expected ${family.bytes} fingerprinted bytes, found ${run.bytes}`);
      }
      return { ...sample, peakBytes: run.peakBytes };
    },
  };
  const hasOpenssl = firstLineOf('openssl', 'version') !== 'missing';
  const openssl = hasOpenssl ? [peer('openssl', 'dgst', '-sha256')] : [];
  return [tessera, peer('sha256sum'), ...openssl];
}

async function makeFamily(folder: string, size: number): Promise<Family> {
  console.log(`making a family of ${(size / 1e9).toFixed(1)} GB in ${folder}`);
  await writeSamples(folder, { size });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, size: statSync(path).size }))
    .sort((a, b) => b.size - a.size);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return { folder, files: files.map((file) => file.path), bytes };
}
