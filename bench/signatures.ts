import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSamples } from '../src/main/engine/samples';
import {
  type BenchOptions,
  type Contender,
  interleave,
  type Measured,
  throughputTable,
  writeResult,
} from './harness';
import { runProcess } from './processes';
import type { SigningRun } from './signatures-child';
import { median } from './statistics';

/**
 * What signatures cost a fingerprint: the same files fingerprinted with and without them in turn,
 * each time in a process of its own. A made family, whose files are on the large side as real ones
 * are, and the real models of ../shared/data where these exist, most of which are small.
 */
export async function signatures(options: BenchOptions): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    console.log(`making a family of ${(options.size / 1e9).toFixed(1)} GB in ${folder}`);
    await writeSamples(folder, { size: options.size });
    const real = join(options.root, '../shared/data');
    const sets = [
      { name: 'made family', folder },
      ...(existsSync(real) ? [{ name: 'real models', folder: real }] : []),
    ];
    const results = [];
    for (const set of sets) results.push(await compare(set.name, set.folder, options.rounds));
    console.log(`\nwritten: ${writeResult(options.root, 'signatures', { results })}`);
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(name: string, folder: string, rounds: number): Promise<object> {
  const seen: SigningRun[] = [];
  const measured = await interleave(
    [contender('without signatures', folder, seen), contender('with signatures', folder, seen)],
    rounds,
  );
  const [without, signed] = seen;
  if (without === undefined || signed === undefined) throw new Error('expected two runs');
  if (without.signatures > 0 || signed.signatures === 0) throw new Error('expected signatures');
  const { files, bytes, signatures: count, signatureBytes } = signed;
  const average = Math.round(signatureBytes / count);
  console.log(`\n${name}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`${count} signatures, ${average} bytes each on average\n`);
  console.log(throughputTable(measured, bytes));
  const extra = costs(measured);
  console.log(
    `time with / without: best ${extra.best.toFixed(3)}, median of rounds ${extra.median.toFixed(3)}`,
  );
  return { name, files, bytes, signatures: count, signatureBytes, measured, extra };
}

/** Time with signatures over time without: of the best runs, and of each round the middle. */
function costs([without, signed]: readonly Measured[]): { best: number; median: number } {
  const [before, after] = [without, signed].map((each) =>
    (each?.samples ?? []).map(({ seconds }) => seconds),
  );
  const ratios = (after ?? []).map((seconds, round) => seconds / (before?.[round] ?? Number.NaN));
  return { best: Math.min(...(after ?? [])) / Math.min(...(before ?? [])), median: median(ratios) };
}

function contender(name: string, folder: string, seen: SigningRun[]): Contender {
  const child = join(import.meta.dirname, 'signatures-child.js');
  const how = name.startsWith('without') ? 'without' : 'with';
  return {
    name,
    run: async () => {
      const { stdout } = await runProcess([process.execPath, child, folder, how]);
      const run: SigningRun = JSON.parse(stdout);
      seen.push(run);
      return { seconds: run.seconds, peakBytes: run.peakBytes };
    },
  };
}
