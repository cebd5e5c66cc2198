import type { EngineHost } from '../main/engine/api';
import { formatBytes, formatCount, formatShare, type ModelId } from '../shared/base';
import type { FormatName, ModelSummary, Problem, Totals } from '../shared/domain';
import { openAll, sortedModels, withEngine } from './engine';
import { exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import type { Terminal } from './run';
import { count, plainLine, table } from './text';

export interface ScanOptions extends CatalogueOptions {
  readonly json?: boolean;
}

/** What `scan --json` prints. Byte counts of models that could not be read to the end are null. */
export interface ScanReport {
  readonly models: readonly {
    readonly id: ModelId;
    readonly name: string;
    readonly format: FormatName;
    /** Relative to the model's folder, with `/`. */
    readonly files: readonly string[];
    readonly logicalBytes: number;
    readonly tensors: number;
    /** dtype → number of tensors. */
    readonly dtypes: Readonly<Record<string, number>>;
    readonly exclusiveBytes: number | null;
    readonly sharedBytes: number | null;
  }[];
  readonly totals: Pick<Totals, 'models' | 'files' | 'tensors' | 'logicalBytes' | 'uniqueBytes'>;
  readonly problems: readonly { readonly file: string; readonly error: string }[];
}

export async function scan(
  paths: readonly string[],
  options: ScanOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const found = await withEngine({ dataFolder }, terminal, async (engine) => {
    await openAll(engine, paths);
    return readAll(engine);
  });
  terminal.out(options.json ? `${JSON.stringify(reportOf(found), null, 2)}\n` : textOf(found));
  return exitCodes.done;
}

interface Found {
  readonly models: readonly ModelSummary[];
  readonly files: ReadonlyMap<ModelId, readonly string[]>;
  readonly totals: Totals;
  readonly problems: readonly Problem[];
}

async function readAll(engine: EngineHost): Promise<Found> {
  const { models, totals } = await engine.call('models.list', null);
  const files = new Map<ModelId, readonly string[]>();
  for (const { id } of models) {
    const { fileList } = await engine.call('models.detail', { modelId: id });
    files.set(
      id,
      fileList.map((file) => file.path),
    );
  }
  const problems = await engine.call('problems.list', null);
  return { models: sortedModels(models), files, totals, problems };
}

function reportOf({ models, files, totals, problems }: Found): ScanReport {
  return {
    models: models.map((model) => ({
      id: model.id,
      name: model.name,
      format: model.format,
      files: files.get(model.id) ?? [],
      logicalBytes: model.logicalBytes,
      tensors: model.tensors,
      dtypes: model.dtypes,
      exclusiveBytes: model.bytes?.exclusiveBytes ?? null,
      sharedBytes: model.bytes?.sharedBytes ?? null,
    })),
    totals: {
      models: totals.models,
      files: totals.files,
      tensors: totals.tensors,
      logicalBytes: totals.logicalBytes,
      uniqueBytes: totals.uniqueBytes,
    },
    problems: problems.map(({ file, error }) => ({ file, error })),
  };
}

const header = ['Model', 'Format', 'Files', 'Tensors', 'Size', 'Exclusive', 'Shared', ''];
const numeric = [false, false, true, true, true, true, true, true];

function textOf({ models, totals, problems }: Found): string {
  if (models.length === 0) return `No models found.\n${problemText(problems)}`;
  const rows = models.map((model) => [
    plainLine(model.name),
    model.format,
    formatCount(model.files),
    formatCount(model.tensors),
    formatBytes(model.logicalBytes),
    model.bytes === undefined ? '?' : formatBytes(model.bytes.exclusiveBytes),
    model.bytes === undefined ? '?' : formatBytes(model.bytes.sharedBytes),
    model.bytes === undefined ? '' : formatShare(model.bytes.sharedBytes, model.bytes.uniqueBytes),
  ]);
  return `${table(header, rows, numeric)}\n${totalText(totals)}${problemText(problems)}`;
}

function totalText(totals: Totals): string {
  const { models, files, tensors, logicalBytes, uniqueBytes, fingerprintedBytes } = totals;
  const saved = fingerprintedBytes - uniqueBytes;
  return [
    `${count(models, 'model')}, ${count(files, 'file')}, ${count(tensors, 'tensor')}, ${formatBytes(logicalBytes)}.`,
    `Kept once, ${formatBytes(uniqueBytes)}: exact sharing would save ${formatBytes(saved)} (${formatShare(saved, fingerprintedBytes)}).`,
    '',
  ].join('\n');
}

function problemText(problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const lines = problems.map(({ file, error }) => `  ${plainLine(`${file}: ${error}`)}`);
  return `\n${count(problems.length, 'problem')}:\n${lines.join('\n')}\n`;
}
