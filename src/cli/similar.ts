import { InvalidArgumentError } from 'commander';
import type { EngineHost } from '../main/engine/api';
import { formatBytes, formatCount } from '../shared/base';
import {
  LOWEST_THRESHOLD,
  type Match,
  type MatchKind,
  type RowMatch,
  type TensorRef,
} from '../shared/domain';
import { mustHaveSucceeded, openAll, withEngine } from './engine';
import { exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import { decimals, numberOrNull } from './numbers';
import type { Terminal } from './run';
import { plainLine, table } from './text';

export interface SimilarOptions extends CatalogueOptions {
  readonly threshold: number;
  readonly json?: boolean;
}

interface SimilarEnd {
  readonly model: { readonly id: string; readonly name: string };
  readonly name: string;
  readonly index: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What `similar --json` prints. The base is what the other tensor would be predicted from. */
export interface SimilarReport {
  readonly threshold: number;
  readonly matches: readonly {
    readonly kind: MatchKind;
    readonly tensor: SimilarEnd;
    readonly base: SimilarEnd;
    readonly transposed: boolean;
    /** Null: not known, or not finite. */
    readonly score: number | null;
    readonly cosine: number | null;
    readonly relativeL2: number | null;
    /** Mean number of bits per element that differ. */
    readonly bits: number | null;
    readonly maxDifference: number | null;
    readonly deltaBytes: number | null;
    readonly verified: boolean;
    /** Set where the tensors differ in their number of rows. */
    readonly rows: RowMatch | null;
  }[];
}

/** Rows asked for at a time. */
const PAGE = 1000;

/** Every distinct tensor's best partner below the paths, measured on all data. */
export async function similar(
  paths: readonly string[],
  options: SimilarOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const matches = await withEngine({ dataFolder }, terminal, async (engine) => {
    await openAll(engine, paths);
    await engine.call('similarity.verify', null);
    await engine.idle();
    await mustHaveSucceeded(engine);
    return allMatches(engine, options.threshold);
  });
  const report = reportOf(options.threshold, matches);
  terminal.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  return exitCodes.done;
}

async function allMatches(engine: EngineHost, threshold: number): Promise<Match[]> {
  const found: Match[] = [];
  for (;;) {
    const query = { threshold, offset: found.length, limit: PAGE };
    const page = await engine.call('similarity.matches', query);
    found.push(...page.matches);
    if (page.matches.length === 0 || found.length >= page.total) return found;
  }
}

function reportOf(threshold: number, matches: readonly Match[]): SimilarReport {
  return {
    threshold,
    matches: matches.map(({ kind, tensor, base, transposed, metrics, rows }) => ({
      kind,
      tensor: endOf(tensor),
      base: endOf(base),
      transposed,
      score: numberOrNull(metrics.score),
      cosine: numberOrNull(metrics.cosine),
      relativeL2: numberOrNull(metrics.relativeL2),
      bits: numberOrNull(metrics.differingBits),
      maxDifference: numberOrNull(metrics.maxDifference),
      deltaBytes: numberOrNull(metrics.deltaBytes),
      verified: metrics.verified,
      rows: rows ?? null,
    })),
  };
}

const endOf = ({ modelId, modelName, name, index, dtype, shape, byteLength }: TensorRef) => ({
  model: { id: modelId, name: modelName },
  name,
  index,
  dtype,
  shape,
  bytes: byteLength,
});

const header = ['Tensor', 'Like', 'How', 'Score', 'Cosine', 'Rel. L2', 'Size', 'As delta'];
const numeric = [false, false, false, true, true, true, true, true];

function textOf({ threshold, matches }: SimilarReport): string {
  if (matches.length === 0) return `No tensor is like another from ${threshold} on.\n`;
  const rows = matches.map((match) => [
    plainLine(`${match.tensor.model.name}: ${match.tensor.name}`),
    plainLine(`${match.base.model.name}: ${match.base.name}`),
    howOf(match),
    decimals(match.score),
    decimals(match.cosine),
    decimals(match.relativeL2),
    formatBytes(match.tensor.bytes),
    match.deltaBytes === null ? '?' : formatBytes(match.deltaBytes),
  ]);
  const matched = matches.length === 1 ? '1 match' : `${formatCount(matches.length)} matches`;
  return `${table(header, rows, numeric)}\n${matched} from ${threshold} on.\n`;
}

function howOf({ kind, transposed, rows }: SimilarReport['matches'][number]): string {
  const turned = transposed ? ', transposed' : '';
  return rows === null ? kind + turned : `${rows.common} of ${rows.rows} rows`;
}

/** `0.9`. Throws InvalidArgumentError. */
export function thresholdArgument(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= LOWEST_THRESHOLD && value <= 1) return value;
  throw new InvalidArgumentError(`A score from ${LOWEST_THRESHOLD} to 1 is possible.`);
}
