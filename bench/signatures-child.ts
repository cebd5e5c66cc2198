import { availableParallelism } from 'node:os';
import { discover } from '../src/main/engine/discover/discover';
import { KernelPool } from '../src/main/engine/jobs/pool';
import { type FileWork, modelWork } from '../src/main/engine/jobs/work';
import { peakMemory } from './harness';

/*
 * A process of its own for the benchmark of signing: reads the headers below a folder, fingerprints
 * every file in the kernel workers, with the tensors to sign or with none, and prints one line of
 * JSON.
 */

/** What the child prints. */
export interface SigningRun {
  readonly files: number;
  readonly bytes: number;
  readonly signatures: number;
  readonly signatureBytes: number;
  /** From the first task to the last answer, workers started. */
  readonly seconds: number;
  readonly peakBytes: number;
}

const [folder, how] = process.argv.slice(2);
if (folder === undefined || (how !== 'with' && how !== 'without')) {
  throw new Error('expected a folder, and with or without');
}

const work = new Map<string, FileWork>();
await discover([folder], {
  signal: new AbortController().signal,
  onModel: (model) => {
    for (const file of modelWork(model).files) work.set(file.key, file);
  },
  onProblem: () => {},
  onProgress: () => {},
});
const files = [...work.values()].sort((a, b) => b.plan.fileSize - a.plan.fileSize);

const pool = new KernelPool(availableParallelism());
const lane = pool.lane();
let signatures = 0;
let signatureBytes = 0;

async function fingerprint({ plan, views, targets, file }: FileWork): Promise<void> {
  const { size, mtimeNs, inode } = file.stamp;
  const outcome = await lane.run({
    kind: 'fingerprint',
    path: file.realPath,
    plan,
    views,
    targets: how === 'with' ? targets : [],
    expected: { size, mtimeNs, inode },
  });
  if (outcome.kind !== 'done') throw new Error(`${file.path}: ${JSON.stringify(outcome)}`);
  const { data, ends } = outcome.result.signatures;
  ends.forEach((end, i) => {
    if (end > (ends[i - 1] ?? 0)) signatures += 1;
  });
  signatureBytes += data.length;
}

const start = performance.now();
await Promise.all(files.map(fingerprint));
const seconds = (performance.now() - start) / 1000;
await pool.stop();
const bytes = files.reduce((sum, { plan }) => sum + plan.fileSize, 0);
const run: SigningRun = {
  files: files.length,
  bytes,
  signatures,
  signatureBytes,
  seconds,
  peakBytes: peakMemory(),
};
process.stdout.write(`${JSON.stringify(run)}\n`);
