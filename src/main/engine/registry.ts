import { blake3 } from '@napi-rs/blake-hash';
import { compareNatural, type ModelId, type SourceId } from '../../shared/base';
import type { Problem, SourceInfo } from '../../shared/domain';
import type { Model } from './model/model';

/** One opened path and what headers told of it. */
export interface Source {
  readonly id: SourceId;
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  kind: SourceInfo['kind'];
  state: SourceInfo['state'];
  models: Map<ModelId, Model>;
  problems: Problem[];
  /** Aborted when the source is closed while it is being scanned. */
  readonly closed: AbortController;
}

/**
 * Everything that is open. A model reached through two sources (a folder and one inside it) exists
 * once and belongs to the source opened first.
 */
export class Registry {
  readonly #sources = new Map<SourceId, Source>();
  #models: ReadonlyMap<ModelId, { model: Model; source: Source }> | undefined;

  /** To be called whenever a source's models changed. */
  invalidate(): void {
    this.#models = undefined;
  }

  add(source: Source): void {
    this.#sources.set(source.id, source);
    this.invalidate();
  }

  remove(id: SourceId): void {
    this.#sources.get(id)?.closed.abort();
    this.#sources.delete(id);
    this.invalidate();
  }

  source(id: SourceId): Source | undefined {
    return this.#sources.get(id);
  }

  sources(): Source[] {
    return [...this.#sources.values()];
  }

  /** By name in natural order, then by folder. */
  models(): Model[] {
    return [...this.#index().values()].map((entry) => entry.model);
  }

  model(id: ModelId): Model | undefined {
    return this.#index().get(id)?.model;
  }

  sourceOf(id: ModelId): Source | undefined {
    return this.#index().get(id)?.source;
  }

  #index(): ReadonlyMap<ModelId, { model: Model; source: Source }> {
    if (this.#models !== undefined) return this.#models;
    const entries = new Map<ModelId, { model: Model; source: Source }>();
    for (const source of this.#sources.values()) {
      for (const [id, model] of source.models) {
        if (!entries.has(id)) entries.set(id, { model, source });
      }
    }
    const sorted = [...entries].sort(
      ([, a], [, b]) =>
        compareNatural(a.model.name, b.model.name) ||
        compareNatural(a.model.folder, b.model.folder) ||
        compareNatural(a.model.id, b.model.id),
    );
    this.#models = new Map(sorted);
    return this.#models;
  }
}

/** The same for one path in every run. */
export function sourceIdOf(path: string): SourceId {
  return blake3(`source\0${path}`).toString('hex').slice(0, 16) as SourceId;
}
