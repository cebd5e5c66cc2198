import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineHost } from '../main/engine/api';
import { formatBytes } from '../shared/base';
import type { ModelSummary } from '../shared/domain';
import { openAll, sortedModels, withEngine } from './engine';
import { CommandFailure, exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import type { Terminal } from './run';
import { count, plainLine } from './text';

export interface ExportOptions extends CatalogueOptions {
  /** `-`: standard output. */
  readonly output: string;
  readonly model?: string;
}

export async function manifestExport(
  source: string,
  options: ExportOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const target = options.output === '-' ? undefined : path.resolve(options.output);
  if (target !== undefined) await mustBeFree(target);
  const { text, name } = await withEngine({ dataFolder }, terminal, async (engine) => {
    await openAll(engine, [source]);
    const model = await chosenModel(engine, options.model);
    const { text } = await engine.call('manifest.build', { modelId: model.id });
    return { text, name: model.name };
  });
  if (target === undefined) {
    terminal.out(text);
    return exitCodes.done;
  }
  await writeWhole(target, text);
  terminal.err(`Wrote the manifest of ${plainLine(name)} to ${plainLine(target)}.\n`);
  return exitCodes.done;
}

/** The only model, or the one asked for by id or name. */
async function chosenModel(engine: EngineHost, wanted: string | undefined): Promise<ModelSummary> {
  const models = sortedModels((await engine.call('models.list', null)).models);
  const fitting = models.filter(
    ({ id, name }) => wanted === undefined || id === wanted || name === wanted,
  );
  const [model] = fitting;
  if (model !== undefined && fitting.length === 1) return model;
  if (models.length === 0) throw new CommandFailure(exitCodes.io, 'no model was found there.');
  const list = (fitting.length > 0 ? fitting : models)
    .slice(0, 100)
    .map(({ id, name }) => `  ${id}  ${plainLine(name)}`);
  const reason = fitting.length > 1 ? 'there are several models' : `there is no model ${wanted}`;
  const advice = 'Name one with --model ID:';
  throw new CommandFailure(exitCodes.usage, `${reason}. ${advice}\n${list.join('\n')}`);
}

/** A manifest may be written again; any other file in the way is left alone. */
async function mustBeFree(target: string): Promise<void> {
  let head: string;
  try {
    const handle = await open(target, 'r');
    const buffer = Buffer.alloc(64);
    const { bytesRead } = await handle.read(buffer, 0, 64, 0).finally(() => handle.close());
    head = buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new CommandFailure(exitCodes.io, `cannot write ${target}: ${code ?? String(error)}.`);
  }
  if (/^\s*\{\s*"tessera"\s*:\s*"manifest"/.test(head)) return;
  throw new CommandFailure(
    exitCodes.usage,
    `${target} exists and is no manifest, so it is not replaced. Choose another name.`,
  );
}

async function writeWhole(target: string, text: string): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(exitCodes.io, `cannot write ${target}: ${reason}.`);
  }
}

export interface VerifyOptions {
  readonly against: string;
  readonly json?: boolean;
}

export async function manifestVerify(
  file: string,
  { against, json }: VerifyOptions,
  terminal: Terminal,
): Promise<number> {
  const params = { file: path.resolve(file), against: path.resolve(against) };
  const engineOptions = { dataFolder: null, threads: 1, autoFingerprint: false };
  const check = await withEngine(engineOptions, terminal, (engine) =>
    engine.call('manifest.verify', params),
  );
  const damaged = check.findings.length > 0;
  if (json) terminal.out(`${JSON.stringify(check, null, 2)}\n`);
  else {
    for (const { file, offset, expected, found } of check.findings) {
      const place = offset === undefined ? '' : ` at byte ${offset}`;
      const about = file === '' ? 'manifest' : file;
      terminal.out(`${plainLine(`${about}${place}: expected ${expected}, found ${found}`)}\n`);
    }
    terminal.out(
      damaged
        ? `${count(check.findings.length, 'difference')}: ${NOT}`
        : `${sizeOf(check)}: ${SAME}`,
    );
  }
  return damaged ? exitCodes.findings : exitCodes.done;
}

const SAME = 'every byte is as the manifest says.\n';
const NOT = 'the files are not what the manifest says.\n';

const sizeOf = ({ files, bytes }: { readonly files: number; readonly bytes: number }) =>
  `${count(files, 'file')}, ${formatBytes(bytes)}`;
