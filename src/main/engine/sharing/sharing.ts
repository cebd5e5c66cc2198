import type { ModelId } from '../../../shared/base';
import { Column } from './column';
import type { FilePieces, PieceStore } from './pieces';

/** What sharing needs to know of one fingerprinted model. */
export interface SharingModel {
  readonly id: ModelId;
  /** One entry per physical file, each once. */
  readonly files: readonly { readonly key: string; readonly pieces: FilePieces }[];
  /** The digest number of every tensor, in the model's order; negative where it has none. */
  readonly tensors: Int32Array;
}

export interface SharingCounts {
  readonly uniqueBytes: number;
  readonly exclusiveBytes: number;
  readonly sharedBytes: number;
}

interface Member {
  readonly model: SharingModel;
  /** Distinct fragments, each once. */
  readonly fragments: Int32Array;
  uniqueBytes: number;
  exclusiveBytes: number;
}

/**
 * Exact sharing between models, kept up to date model by model.
 *
 * A fragment is exclusive to a model when no other added model uses it. Adding a model costs its
 * own fragments only; a removal rebuilds.
 */
export class SharingIndex {
  readonly #members = new Map<ModelId, Member>();
  /** Per fragment: how many models use it, who used it first, and its bytes. */
  #users = new Column(0);
  #firstUser: Member[] = [];
  #bytes = new Column(0);
  /** Per digest: how many models hold a tensor with it. */
  #tensorModels = new Column(0);
  #uniqueBytes = 0;
  #sharedBytes = 0;
  #generation: number;

  constructor(private readonly pieces: PieceStore) {
    this.#generation = pieces.generation;
  }

  has(id: ModelId): boolean {
    return this.#members.has(id);
  }

  /** Distinct bytes over all models, and those of them that two or more models use. */
  get totals(): { readonly uniqueBytes: number; readonly sharedBytes: number } {
    this.#refresh();
    return { uniqueBytes: this.#uniqueBytes, sharedBytes: this.#sharedBytes };
  }

  add(model: SharingModel): void {
    this.#refresh();
    this.#insert(model);
  }

  remove(ids: ReadonlySet<ModelId>): void {
    this.#rebuild(this.models().filter((model) => !ids.has(model.id)));
  }

  models(): SharingModel[] {
    return [...this.#members.values()].map((member) => member.model);
  }

  model(id: ModelId): SharingModel | undefined {
    return this.#members.get(id)?.model;
  }

  counts(id: ModelId): SharingCounts | undefined {
    this.#refresh();
    const member = this.#members.get(id);
    if (member === undefined) return undefined;
    const { uniqueBytes, exclusiveBytes } = member;
    return { uniqueBytes, exclusiveBytes, sharedBytes: uniqueBytes - exclusiveBytes };
  }

  /** How many models hold a tensor with this digest. */
  tensorModels(digest: number): number {
    return this.#tensorModels.get(digest);
  }

  /** Other models that use some of this one's fragments, most shared bytes first. */
  partners(id: ModelId): { readonly id: ModelId; readonly sharedBytes: number }[] {
    this.#refresh();
    const own = this.#members.get(id);
    if (own === undefined) return [];
    const mine = new Uint8Array(this.pieces.size);
    for (const fragment of own.fragments) mine[fragment] = 1;
    const partners = [];
    for (const [other, member] of this.#members) {
      if (other === id) continue;
      let sharedBytes = 0;
      for (const fragment of member.fragments) {
        if (mine[fragment] === 1) sharedBytes += this.#bytes.get(fragment);
      }
      if (sharedBytes > 0) partners.push({ id: other, sharedBytes });
    }
    return partners.sort((a, b) => b.sharedBytes - a.sharedBytes || (a.id < b.id ? -1 : 1));
  }

  /** Counts for several models as one: distinct bytes, and those that no model outside uses. */
  union(ids: Iterable<ModelId>): { readonly uniqueBytes: number; readonly exclusiveBytes: number } {
    this.#refresh();
    const uses = new Int32Array(this.pieces.size);
    let uniqueBytes = 0;
    let exclusiveBytes = 0;
    for (const id of new Set(ids)) {
      for (const fragment of this.#members.get(id)?.fragments ?? []) {
        const count = (uses[fragment] as number) + 1;
        uses[fragment] = count;
        if (count === 1) uniqueBytes += this.#bytes.get(fragment);
        if (count === this.#users.get(fragment)) exclusiveBytes += this.#bytes.get(fragment);
      }
    }
    return { uniqueBytes, exclusiveBytes };
  }

  /**
   * Bytes that storing every distinct fragment once saves over the physical files, split by
   * whether the fragment is used by several models or only repeats inside one.
   */
  saved(): { readonly acrossModels: number; readonly insideModels: number } {
    this.#refresh();
    const seen = new Uint8Array(this.pieces.size);
    const files = new Map<string, FilePieces>();
    for (const { model } of this.#members.values()) {
      for (const file of model.files) files.set(file.key, file.pieces);
    }
    let acrossModels = 0;
    let insideModels = 0;
    for (const file of files.values()) {
      this.pieces.forEachFragment(file, (fragment, bytes) => {
        if (seen[fragment] === 0) seen[fragment] = 1;
        else if (this.#users.get(fragment) > 1) acrossModels += bytes;
        else insideModels += bytes;
      });
    }
    return { acrossModels, insideModels };
  }

  #insert(model: SharingModel): void {
    const { fragments, uniqueBytes } = this.#distinctFragments(model);
    const member: Member = { model, fragments, uniqueBytes, exclusiveBytes: 0 };
    this.#members.set(model.id, member);
    for (const fragment of fragments) this.#use(fragment, member);
    for (const digest of new Set(model.tensors)) {
      if (digest >= 0) this.#tensorModels.add(digest, 1);
    }
  }

  #distinctFragments(model: SharingModel): { fragments: Int32Array; uniqueBytes: number } {
    const seen = new Uint8Array(this.pieces.size);
    const fragments: number[] = [];
    let uniqueBytes = 0;
    for (const file of model.files) {
      this.pieces.forEachFragment(file.pieces, (fragment, bytes) => {
        if (seen[fragment] === 1) return;
        seen[fragment] = 1;
        this.#bytes.set(fragment, bytes);
        uniqueBytes += bytes;
        fragments.push(fragment);
      });
    }
    return { fragments: Int32Array.from(fragments), uniqueBytes };
  }

  #use(fragment: number, member: Member): void {
    const bytes = this.#bytes.get(fragment);
    const users = this.#users.add(fragment, 1);
    if (users === 1) {
      this.#firstUser[fragment] = member;
      member.exclusiveBytes += bytes;
      this.#uniqueBytes += bytes;
    } else if (users === 2) {
      (this.#firstUser[fragment] as Member).exclusiveBytes -= bytes;
      this.#sharedBytes += bytes;
    }
  }

  /** Counts anew when a segment's cut was replaced since the last count. */
  #refresh(): void {
    if (this.pieces.generation !== this.#generation) this.#rebuild(this.models());
  }

  #rebuild(models: readonly SharingModel[]): void {
    this.#members.clear();
    this.#users = new Column(0);
    this.#firstUser = [];
    this.#bytes = new Column(0);
    this.#tensorModels = new Column(0);
    this.#uniqueBytes = 0;
    this.#sharedBytes = 0;
    this.#generation = this.pieces.generation;
    for (const model of models) this.#insert(model);
  }
}
