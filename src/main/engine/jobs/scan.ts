import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ModelId } from '../../../shared/base';
import { discover } from '../discover/discover';
import type { Model } from '../model/model';
import { type Registry, type Source, sourceIdOf } from '../registry';
import type { JobHandle } from './board';

export interface ScanContext {
  readonly registry: Registry;
  readonly changed: (what: 'sources' | 'models' | 'problems') => void;
}

/** Makes the source known at once, as `scanning`; an open path keeps its models until rescanned. */
export function prepareSource(path: string, context: ScanContext): Source {
  const id = sourceIdOf(path);
  const known = context.registry.source(id);
  if (known !== undefined) {
    known.state = 'scanning';
    return known;
  }
  const source: Source = {
    id,
    path,
    name: basename(path) || path,
    kind: 'folder',
    state: 'scanning',
    models: new Map(),
    problems: [],
    closed: new AbortController(),
  };
  context.registry.add(source);
  return source;
}

/** Reads headers below each source in turn; models appear as they are found. */
export async function scanSources(
  sources: readonly Source[],
  job: JobHandle,
  context: ScanContext,
): Promise<void> {
  let filesBefore = 0;
  for (const source of sources) {
    if (job.signal.aborted) break;
    filesBefore += await scanSource(source, job, filesBefore, context);
  }
}

async function scanSource(
  source: Source,
  job: JobHandle,
  filesBefore: number,
  context: ScanContext,
): Promise<number> {
  const kind = await kindOf(source.path);
  if (kind !== 'missing') source.kind = kind;
  const models = new Map<ModelId, Model>();
  const fresh = source.models.size === 0;
  if (fresh) source.models = models;
  source.problems = [];
  let seen = 0;
  const signal = AbortSignal.any([job.signal, source.closed.signal]);
  await discover([source.path], {
    signal,
    checkpoint: () => job.checkpoint(),
    onModel: (model) => {
      models.set(model.id, model);
      if (!fresh) return;
      context.registry.invalidate();
      context.changed('models');
    },
    onProblem: (problem) => {
      source.problems.push(problem);
      context.changed('problems');
    },
    onProgress: (files) => {
      seen = files;
      job.update({ done: filesBefore + files, itemsDone: filesBefore + files });
    },
  });
  if (!signal.aborted) source.models = keepUnchanged(source.models, models);
  source.state = kind === 'missing' ? 'missing' : 'ready';
  context.registry.invalidate();
  for (const what of ['sources', 'models', 'problems'] as const) context.changed(what);
  return seen;
}

/** A rescan keeps the objects of models whose files did not change, so that caches on them hold. */
function keepUnchanged(
  before: ReadonlyMap<ModelId, Model>,
  after: ReadonlyMap<ModelId, Model>,
): Map<ModelId, Model> {
  return new Map([...after].map(([id, model]) => [id, sameFiles(before.get(id), model)]));
}

function sameFiles(before: Model | undefined, after: Model): Model {
  if (before === undefined || before.files.length !== after.files.length) return after;
  const same = before.files.every((file, at) => {
    const now = after.files[at];
    return (
      now !== undefined &&
      now.path === file.path &&
      now.realPath === file.realPath &&
      now.stamp.size === file.stamp.size &&
      now.stamp.mtimeNs === file.stamp.mtimeNs &&
      now.stamp.inode === file.stamp.inode
    );
  });
  const isAlike =
    before.name === after.name &&
    before.opaqueReason === after.opaqueReason &&
    JSON.stringify(before.metadata.store) === JSON.stringify(after.metadata.store);
  return same && isAlike ? before : after;
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'missing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'missing';
  }
}
