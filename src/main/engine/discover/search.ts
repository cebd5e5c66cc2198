import type { Problem } from '../../../shared/domain';
import type { Model } from '../model/model';
import { assembleModel, type ModelParts } from './assemble';
import { Interner } from './intern';
import { Pacer } from './pacer';
import { STORE_KEY, storeMetadata } from './places';
import type { Revisions } from './revisions';
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
  /** What the Hugging Face repositories' snapshots are called, by the folder of all snapshots. */
  readonly revisions: Map<string, Revisions>;
  readonly interner: Interner;
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
    interner: new Interner(),
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
  const store = parts.metadata?.[STORE_KEY] ?? storeMetadata(parts.folder);
  const metadata = { ...parts.metadata, ...(store === undefined ? {} : { [STORE_KEY]: store }) };
  const model = assembleModel({ ...parts, metadata }, search.interner, search.report);
  if (search.emitted.has(model.id)) return;
  search.emitted.add(model.id);
  search.options.onModel(model, search.opened);
}
