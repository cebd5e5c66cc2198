import { EngineHost } from '../src/main/engine/api';
import { peakMemory } from './harness';

/*
 * A process of its own for the fingerprint benchmark: opens a folder in an engine with an empty
 * catalogue in memory, waits until everything is fingerprinted, and prints one line of JSON.
 */

/** What the child prints. */
export interface EngineRun {
  readonly files: number;
  readonly tensors: number;
  /** Fingerprinted. */
  readonly bytes: number;
  readonly uniqueBytes: number;
  /** From start to the last fingerprint, without the start of Node. */
  readonly seconds: number;
  readonly peakBytes: number;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder');
const start = performance.now();
const host = await EngineHost.start({ dataFolder: null });
await host.call('sources.open', { paths: [folder] });
await host.idle();
const seconds = (performance.now() - start) / 1000;
const { totals } = await host.call('models.list', null);
const problems = await host.call('problems.list', null);
await host.stop();
if (problems.length > 0) throw new Error(`${problems[0]?.file}: ${problems[0]?.error}`);
const run: EngineRun = {
  files: totals.files,
  tensors: totals.tensors,
  bytes: totals.fingerprintedBytes,
  uniqueBytes: totals.uniqueBytes,
  seconds,
  peakBytes: peakMemory(),
};
process.stdout.write(`${JSON.stringify(run)}\n`);
