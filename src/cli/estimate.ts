import { formatBytes, formatDuration, formatShare } from '../shared/base';
import type { Estimate } from '../shared/domain';
import { mustHaveSucceeded, openAll, withEngine } from './engine';
import { CommandFailure, exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import type { Terminal } from './run';
import { count, table } from './text';

export interface EstimateOptions extends CatalogueOptions {
  /** Weigh every byte instead of a sample. */
  readonly exact?: boolean;
  readonly json?: boolean;
}

/** What a library of the models below the paths would weigh; nothing is written. */
export async function estimate(
  paths: readonly string[],
  options: EstimateOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const kind = options.exact === true ? 'measured' : 'sample';
  const engineOptions = { dataFolder, autoFingerprint: false };
  const found = await withEngine(engineOptions, terminal, async (engine) => {
    await openAll(engine, paths);
    if (kind === 'measured') {
      await engine.call('jobs.fingerprint', null);
      await engine.idle();
    }
    await engine.call('estimate.run', { kind });
    await engine.idle();
    await mustHaveSucceeded(engine);
    return engine.call('estimate.latest', null);
  });
  if (found === null) throw new CommandFailure(exitCodes.io, 'there is nothing to estimate there.');
  terminal.out(options.json ? `${JSON.stringify(jsonOf(found), null, 2)}\n` : textOf(found));
  return exitCodes.done;
}

/** What `estimate --json` prints: bytes. `low` … `high` holds the true size in 19 of 20 cases. */
export type EstimateReport = Estimate;

function jsonOf({ logicalBytes, storedBytes, savings, basis }: Estimate): EstimateReport {
  const { low, expected, high } = storedBytes;
  const { exact, cast, delta, compression } = savings;
  return {
    logicalBytes,
    storedBytes: { low, expected, high },
    savings: { exact, cast, delta, compression },
    basis,
  };
}

const causes = [
  ['exact', 'Equal tensors and fragments'],
  ['cast', 'Casts of other tensors'],
  ['delta', 'Differences from near tensors'],
  ['compression', 'Compression'],
] as const;

function textOf({ logicalBytes, storedBytes, savings, basis }: Estimate): string {
  const rows = causes.map(([cause, title]) => [
    title,
    formatBytes(savings[cause]),
    formatShare(savings[cause], logicalBytes),
  ]);
  const { low, expected, high } = storedBytes;
  const range = low === high ? '' : ` (${formatBytes(low)} to ${formatBytes(high)})`;
  const size = `${formatBytes(logicalBytes)} would take ${formatBytes(expected)}${range}`;
  return [
    `${count(basis.models, 'model')}, ${count(basis.tensors, 'tensor')}: ${size}, ${formatShare(expected, logicalBytes)} of the size.\n`,
    table(['Saved by', 'Bytes', ''], rows, [false, true, true]),
    basisText(basis),
  ].join('\n');
}

function basisText({ kind, bytesRead, milliseconds, sampledTensors, tensors }: Estimate['basis']) {
  const took = `${formatBytes(bytesRead)} in ${formatDuration(milliseconds / 1000)}`;
  switch (kind) {
    case 'sample':
      return `From a sample of ${sampledTensors} of ${count(tensors, 'tensor')}, ${took}. --exact weighs every byte.\n`;
    case 'fingerprints':
      return 'Exact sharing from fingerprints, the rest from signatures. --exact weighs every byte.\n';
    case 'measured':
      return `Every byte weighed: ${took}.\n`;
  }
}
