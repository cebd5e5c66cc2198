import type { ModelId } from '../../../shared/base';
import type { Place } from '../jobs/measure';
import { tensorTargets } from '../jobs/targets';
import { fileAt, type ModelWork } from '../jobs/work';
import type { TensorTarget } from '../kernels/targets';
import type { Model } from '../model/model';
import type { SignatureStore } from './store';
import type { SimilarModel, SimilarTensor } from './types';

/** A model whose digests are known, with everything that matching asks of it. */
export interface Member {
  readonly model: Model;
  readonly similar: SimilarModel;
  readonly work: ModelWork;
  /** Per tensor; undefined where its values cannot be read. */
  readonly targets: readonly (TensorTarget | undefined)[];
}

export function memberOf(
  model: Model,
  work: ModelWork,
  digests: Int32Array,
  store: SignatureStore,
): Member {
  const targets = tensorTargets(model.tensors);
  const tensors = model.tensors.map((tensor, at): SimilarTensor => {
    const digest = digests[at] as number;
    const target = targets[at];
    const { name, dtype, shape, byteLength } = tensor;
    const elements = shape.reduce((product, size) => product * size, 1);
    const signed = target === undefined || digest < 0 ? -1 : store.number(digest, target);
    return { name, dtype, shape, byteLength, elements, digest, signed };
  });
  return { model, similar: { id: model.id, name: model.name, tensors }, work, targets };
}

/** Where each signed content stands first: in an open model, which tensor of it. */
export interface Home {
  readonly member: Member;
  readonly tensor: number;
}

/** Joined models, and for every signature number a tensor that has it. */
export class Members {
  readonly #members = new Map<ModelId, Member>();
  #homes: Map<number, Home> | undefined;
  #bytes: Float64Array | undefined;

  get(id: ModelId): Member | undefined {
    return this.#members.get(id);
  }

  all(): Member[] {
    return [...this.#members.values()];
  }

  set(member: Member): void {
    this.#members.set(member.model.id, member);
    this.#homes = undefined;
    this.#bytes = undefined;
  }

  delete(id: ModelId): void {
    this.#members.delete(id);
    this.#homes = undefined;
    this.#bytes = undefined;
  }

  home(signed: number): Home | undefined {
    return this.#index().get(signed);
  }

  /** Bytes of a tensor that has the signature, by number; -1 where none is open. */
  signedBytes(size: number): Float64Array {
    if (this.#bytes?.length === size) return this.#bytes;
    const bytes = new Float64Array(size).fill(-1);
    for (const [signed, { member, tensor }] of this.#index()) {
      bytes[signed] = member.similar.tensors[tensor]?.byteLength ?? 0;
    }
    this.#bytes = bytes;
    return bytes;
  }

  /** Every signature number in use. */
  signed(): IterableIterator<number> {
    return this.#index().keys();
  }

  placeOf(signed: number): Place | undefined {
    const home = this.home(signed);
    if (home === undefined) return undefined;
    const { member, tensor } = home;
    const file = member.work.files[member.model.tensors[tensor]?.file ?? -1];
    const target = member.targets[tensor];
    return file === undefined || target === undefined ? undefined : { file: fileAt(file), target };
  }

  #index(): Map<number, Home> {
    if (this.#homes !== undefined) return this.#homes;
    const homes = new Map<number, Home>();
    for (const member of this.#members.values()) {
      member.similar.tensors.forEach(({ signed }, tensor) => {
        if (signed >= 0 && !homes.has(signed)) homes.set(signed, { member, tensor });
      });
    }
    this.#homes = homes;
    return homes;
  }
}
