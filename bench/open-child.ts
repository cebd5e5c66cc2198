import { readFileSync } from 'node:fs';
import { EngineHost } from '../src/main/engine/api';
import { peakMemory } from './harness';

/*
 * A process of its own for the benchmark of opening: opens a folder in an engine that fingerprints
 * nothing, waits until every header is read, and prints one line of JSON.
 */

/** What the child prints. */
export interface OpenRun {
  readonly models: number;
  readonly tensors: number;
  /** From the call to open until the last header, without the start of Node and the engine. */
  readonly seconds: number;
  /** All that the process read by system calls meanwhile; 0 where the system does not tell. */
  readonly readBytes: number;
  readonly peakBytes: number;
}

/** Bytes that this process got from read calls so far, in every thread. */
function readSoFar(): number {
  try {
    return Number(/^rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder');
const host = await EngineHost.start({ dataFolder: null, autoFingerprint: false });
const readBefore = readSoFar();
const start = performance.now();
await host.call('sources.open', { paths: [folder] });
await host.idle();
const seconds = (performance.now() - start) / 1000;
const readBytes = readSoFar() - readBefore;
const { totals } = await host.call('models.list', null);
const problems = await host.call('problems.list', null);
await host.stop();
if (problems.length > 0) throw new Error(`${problems[0]?.file}: ${problems[0]?.error}`);
const { models, tensors } = totals;
const run: OpenRun = { models, tensors, seconds, readBytes, peakBytes: peakMemory() };
process.stdout.write(`${JSON.stringify(run)}\n`);
