import type { EngineHost } from '../main/engine/api';
import type { ModelId } from '../shared/base';
import {
  type CompareReport,
  type CompareRow,
  type CompareStatus,
  type CountAndBytes,
  compareStatuses,
  type ModelSummary,
} from '../shared/domain';
import { compareText } from './compare-text';
import { mustHaveSucceeded, openAll, sortedModels, withEngine } from './engine';
import { CommandFailure, exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import { numberOrNull } from './numbers';
import type { Terminal } from './run';
import { plainLine } from './text';

export interface CompareOptions extends CatalogueOptions {
  readonly modelA?: string;
  readonly modelB?: string;
  readonly json?: boolean;
}

interface ComparedModel {
  readonly name: string;
  readonly path: string;
}

/** What `compare --json` prints. Every tensor of A and B is in one group; bytes are A's, of onlyB B's. */
export interface ComparisonJson extends Readonly<Record<CompareStatus, CountAndBytes>> {
  readonly a: ComparedModel;
  readonly b: ComparedModel;
  readonly tensors: readonly ComparedTensor[];
  readonly verdict: string;
}

/** `name` is A's, `otherName` B's; null: it has none. Numbers: null where not known or not finite. */
export interface ComparedTensor {
  readonly name: string | null;
  readonly otherName: string | null;
  readonly status: CompareStatus;
  /** Which threshold a near pair reaches. */
  readonly match: 'near-duplicate' | 'similar' | null;
  readonly score: number | null;
  readonly cosine: number | null;
  readonly relativeL2: number | null;
  /** Mean number of bits per element that differ. */
  readonly bits: number | null;
  /** Predicted bytes of B's tensor, stored as a difference from A's. */
  readonly deltaBytes: number | null;
  /** Whether the numbers were measured on all data; null: there are none. */
  readonly verified: boolean | null;
}

/** Rows asked for at a time. */
const PAGE = 1000;

/** Compares the model at one path, as the base, with that at another. */
export async function compare(
  pathA: string,
  pathB: string,
  options: CompareOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const engineOptions = { dataFolder, autoFingerprint: false };
  const found = await withEngine(engineOptions, terminal, async (engine) => {
    const a = await chosenModel(engine, pathA, options.modelA, '--model-a');
    const b = await chosenModel(engine, pathB, options.modelB, '--model-b');
    await openAll(engine, [pathA, pathB]);
    await engine.call('jobs.fingerprint', null);
    await engine.idle();
    await mustHaveSucceeded(engine);
    return compared(engine, a, b);
  });
  const json = jsonOf(found, { a: pathA, b: pathB });
  terminal.out(options.json ? `${JSON.stringify(json, null, 2)}\n` : compareText(json));
  return exitCodes.done;
}

/**
 * The only model of a path, or the one asked for by id or name. The path is opened alone and closed
 * again: a model that two paths lead to would count for one of them only.
 */
async function chosenModel(
  engine: EngineHost,
  path: string,
  wanted: string | undefined,
  option: string,
): Promise<ModelSummary> {
  await openAll(engine, [path]);
  const models = sortedModels((await engine.call('models.list', null)).models);
  for (const { id: sourceId } of await engine.call('sources.list', null)) {
    await engine.call('sources.close', { sourceId });
  }
  const fitting = models.filter(
    ({ id, name }) => wanted === undefined || id === wanted || name === wanted,
  );
  const [model] = fitting;
  if (model !== undefined && fitting.length === 1) return model;
  if (models.length === 0) throw new CommandFailure(exitCodes.io, `no model was found in ${path}.`);
  const several = fitting.length > 1;
  const list = (several ? fitting : models)
    .slice(0, 100)
    .map(({ id, name }) => `  ${id}  ${plainLine(name)}`);
  const reason = several ? `there are several models in ${path}` : `${path} has no model ${wanted}`;
  const advice = `Name one with ${option} ID:`;
  throw new CommandFailure(exitCodes.usage, `${reason}. ${advice}\n${list.join('\n')}`);
}

interface Found {
  readonly a: ModelSummary;
  readonly b: ModelSummary;
  readonly report: CompareReport;
  readonly rows: readonly CompareRow[];
}

async function compared(engine: EngineHost, a: ModelSummary, b: ModelSummary): Promise<Found> {
  const models = { a: a.id, b: [b.id] };
  await engine.call('compare.verify', models);
  await engine.idle();
  await mustHaveSucceeded(engine);
  const [report] = await engine.call('compare.report', models);
  if (report === undefined) throw new CommandFailure(exitCodes.io, 'nothing was compared.');
  return { a, b, report, rows: await allRows(engine, models) };
}

async function allRows(
  engine: EngineHost,
  models: { readonly a: ModelId; readonly b: readonly ModelId[] },
): Promise<CompareRow[]> {
  const found: CompareRow[] = [];
  for (;;) {
    const page = await engine.call('compare.page', {
      ...models,
      filter: { differencesOnly: false, text: '', prefix: '', model: null },
      sort: { key: 'file', direction: 'ascending' },
      offset: found.length,
      limit: PAGE,
    });
    found.push(...page.rows);
    if (page.rows.length === 0 || found.length >= page.total) return found;
  }
}

function jsonOf(
  { a, b, report, rows }: Found,
  paths: { readonly a: string; readonly b: string },
): ComparisonJson {
  const group = (status: CompareStatus): CountAndBytes => {
    const { tensors, bytes } = report.groups[status];
    return { tensors, bytes };
  };
  const groups = Object.fromEntries(compareStatuses.map((status) => [status, group(status)]));
  return {
    a: { name: a.name, path: paths.a },
    b: { name: b.name, path: paths.b },
    ...(groups as Record<CompareStatus, CountAndBytes>),
    tensors: rows.map(tensorOf),
    verdict: report.verdict,
  };
}

function tensorOf({ tensor, other, status, nearDuplicate, metrics }: CompareRow): ComparedTensor {
  const nearness = nearDuplicate ? 'near-duplicate' : 'similar';
  return {
    name: tensor?.name ?? null,
    otherName: other?.name ?? null,
    status,
    match: status === 'near' ? nearness : null,
    score: numberOrNull(metrics?.score),
    cosine: numberOrNull(metrics?.cosine),
    relativeL2: numberOrNull(metrics?.relativeL2),
    bits: numberOrNull(metrics?.differingBits),
    deltaBytes: numberOrNull(metrics?.deltaBytes),
    verified: metrics?.verified ?? null,
  };
}
