import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../../shared/domain';
import type { Model } from '../model/model';
import { assembleModel, type ModelParts } from './assemble';
import { snapshotsOf } from './naming';
import { Pacer } from './pacer';
import type { FoundFile, Report } from './walk';

export interface DiscoverOptions {
  /** Every model once, as soon as its headers are read; `opened` is the path that led to it. */
  readonly onModel: (model: Model, opened: string) => void;
  /** Every finding, as it is made; `opened` as above. */
  readonly onProblem: (problem: Problem, opened: string) => void;
  /** Files seen so far, and their bytes. */
  readonly onProgress?: (files: number, bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Awaited between files; holds the search while it is paused. */
  readonly checkpoint?: () => Promise<void>;
}

/** State of one `discover` call. */
export interface Search {
  readonly options: DiscoverOptions;
  readonly pacer: Pacer;
  /** Canonical paths that links may lead into. */
  readonly roots: readonly string[];
  readonly report: Report;
  /** Folders that were entered, by device and inode. */
  readonly visited: Set<string>;
  /** Real paths of files that a model in another folder took, through a link or a reference. */
  readonly claimed: Set<string>;
  /** Real paths of weights that were shown in their own place. */
  readonly shown: Set<string>;
  /** Ids of the models that were handed out. */
  readonly emitted: Set<string>;
  readonly revisions: Map<string, number>;
  /** The path that is being searched, as the caller gave it. */
  opened: string;
  files: number;
  bytes: number;
}

export function newSearch(roots: readonly string[], options: DiscoverOptions): Search {
  const search: Search = {
    options,
    pacer: new Pacer(options.signal, options.checkpoint),
    roots,
    report: (problem) => options.onProblem(problem, search.opened),
    visited: new Set(),
    claimed: new Set(),
    shown: new Set(),
    emitted: new Set(),
    revisions: new Map(),
    opened: '',
    files: 0,
    bytes: 0,
  };
  return search;
}

export function countFiles(search: Search, files: readonly FoundFile[]): void {
  for (const { stamp } of files) search.bytes += stamp.size;
  search.files += files.length;
  search.options.onProgress?.(search.files, search.bytes);
}

/** Hands a model out, unless another opened path led to it before. */
export function emit(search: Search, parts: ModelParts): void {
  const model = assembleModel(parts, search.report);
  if (search.emitted.has(model.id)) return;
  search.emitted.add(model.id);
  search.options.onModel(model, search.opened);
}

/** Whether a Hugging Face repository has several snapshots. */
export function severalRevisions(search: Search, folder: string): boolean {
  const snapshots = snapshotsOf(folder);
  if (snapshots === undefined) return false;
  const known = search.revisions.get(snapshots) ?? countFolders(snapshots);
  search.revisions.set(snapshots, known);
  return known > 1;
}

function countFolders(path: string): number {
  try {
    return readdirSync(join(path), { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .length;
  } catch {
    return 1;
  }
}
