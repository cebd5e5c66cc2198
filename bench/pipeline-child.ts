import type { Effort } from '../src/main/engine/codecs/types';
import { KernelPool } from '../src/main/engine/jobs/pool';
import { type PackedSize, packedSizeSink } from '../src/main/engine/pipeline/packed-size';
import { planEncoding } from '../src/main/engine/pipeline/plan';
import { encodeAll } from '../src/main/engine/pipeline/run';
import { packableFolder } from '../src/main/engine/pipeline/testing/packable';
import { peakMemory } from './harness';

/*
 * A process of its own for the pipeline's benchmark: fingerprints and signs everything below a
 * folder, chooses bases, encodes and verifies every distinct fragment without storing it, and prints
 * one line of JSON.
 */

/** What the child prints. */
export interface PipelineRun {
  /** Of all files, and of their distinct fragments. */
  readonly logicalBytes: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly fragments: number;
  readonly refused: number;
  readonly storedByCause: Readonly<Record<string, number>>;
  readonly rawByCause: Readonly<Record<string, number>>;
  /** Workers started within `fingerprint`; headers are read before. */
  readonly seconds: {
    readonly fingerprint: number;
    readonly choose: number;
    readonly encode: number;
    /** Of all threads, while encoding: steadier than `encode` on a machine that does other things. */
    readonly encodeProcessor: number;
  };
  readonly peakBytes: number;
}

const [folder, effort, threads] = process.argv.slice(2);
if (folder === undefined || !isEffort(effort)) {
  throw new Error('expected a folder, an effort and a number of threads');
}

const pool = new KernelPool(Number(threads));
const { contents, basesOf, seconds } = await packableFolder(folder, pool);
const start = performance.now();
const processor = process.cpuUsage();
const plan = planEncoding(contents, basesOf);
const sink = packedSizeSink();
const ended = await encodeAll(plan, pool.lane(), sink, { effort, threads: pool.threads });
const encode = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(processor);
await pool.stop();
const size = sink.size();
if (!ended || size.rawBytes !== plan.totalBytes) throw new Error('expected everything encoded');
const run: PipelineRun = {
  logicalBytes: contents.inventory.logicalBytes,
  rawBytes: size.rawBytes,
  storedBytes: size.storedBytes,
  fragments: size.fragments,
  refused: size.refused,
  storedByCause: byCause(size, 'storedBytes'),
  rawByCause: byCause(size, 'rawBytes'),
  seconds: { ...seconds, encode, encodeProcessor: (user + system) / 1e6 },
  peakBytes: peakMemory(),
};
process.stdout.write(`${JSON.stringify(run)}\n`);

function byCause(size: PackedSize, bytes: 'rawBytes' | 'storedBytes'): Record<string, number> {
  return Object.fromEntries([...size.byCause].map(([cause, count]) => [cause, count[bytes]]));
}

function isEffort(value: unknown): value is Effort {
  return value === 'fast' || value === 'balanced' || value === 'max';
}
