import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeFamilies, writeFamily } from '../src/main/engine/estimate/testing/families';
import { modelsBelow } from '../src/main/engine/estimate/testing/measured';
import { measuredEstimate, sampleEstimate } from '../src/main/engine/estimate/testing/run';
import { KernelPool } from '../src/main/engine/jobs/pool';
import type { Estimate } from '../src/shared/domain';
import { type BenchOptions, table, writeResult } from './harness';

/** Sizes of the made families: what can be sampled of little is little. */
const MADE_SIZES = [3e6, 12e6, 28e6];

interface Row {
  readonly family: string;
  readonly sample: Estimate;
  readonly measured: Estimate;
}

/**
 * What a library would weigh, from a sample of at most 2% of the bytes, against every byte weighed:
 * for made families, and for the real ones where ../shared/data has them.
 */
export async function estimate(options: BenchOptions): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const pool = new KernelPool(availableParallelism());
  try {
    const rows: Row[] = [];
    for (const [family, place] of [...(await madeFolders(folder)), ...realFolders(options.root)]) {
      const models = await modelsBelow(place);
      const sample = await sampleEstimate(models, pool);
      rows.push({ family, sample, measured: await measuredEstimate(models, pool) });
    }
    console.log(table([head, ...rows.map(cellsOf)]));
    const inside = rows.filter(isInside).length;
    console.log(`\nmeasured inside the interval: ${inside} of ${rows.length}`);
    console.log(`written: ${writeResult(options.root, 'estimate', { rows })}`);
  } finally {
    await pool.stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function madeFolders(folder: string): Promise<[string, string][]> {
  const made: [string, string][] = [];
  for (const [at, family] of madeFamilies.entries()) {
    for (const size of MADE_SIZES) {
      const name = `${family}, ${size / 1e6} MB`;
      const place = join(folder, `${family}-${size}`);
      if (!existsSync(place)) await writeFamily(family, place, size, 700 + at);
      made.push([name, place]);
    }
  }
  return made;
}

function realFolders(root: string): [string, string][] {
  const data = join(root, '../shared/data');
  if (!existsSync(data)) return [];
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => [entry.name, join(data, entry.name)]);
}

const head = [
  'family',
  'logical',
  'low',
  'expected',
  'high',
  'measured',
  'inside',
  'read',
  'ms',
  'ms measured',
  'exact/cast/delta/compression',
  'measured',
];

function cellsOf({ family, sample, measured }: Row): string[] {
  const { logicalBytes, storedBytes, basis } = sample;
  const share = (bytes: number): string => `${((100 * bytes) / logicalBytes).toFixed(1)}%`;
  const causes = ({ savings }: Estimate): string =>
    [savings.exact, savings.cast, savings.delta, savings.compression].map(share).join('/');
  const { low, expected, high } = storedBytes;
  return [
    family,
    `${(logicalBytes / 1e6).toFixed(2)} MB`,
    ...[low, expected, high, measured.storedBytes.expected].map(share),
    isInside({ family, sample, measured }) ? 'yes' : 'NO',
    `${((100 * basis.bytesRead) / logicalBytes).toFixed(2)}%`,
    `${basis.milliseconds}`,
    `${measured.basis.milliseconds}`,
    causes(sample),
    causes(measured),
  ];
}

function isInside({ sample, measured }: Row): boolean {
  const { low, high } = sample.storedBytes;
  const { expected } = measured.storedBytes;
  return low <= expected && expected <= high;
}
