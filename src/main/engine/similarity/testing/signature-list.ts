import type { Signature } from '../../kernels/signature';
import { castLikely, estimatePair } from '../estimate-pair';
import type { PairRelation, Pairs, Signatures } from '../types';

/** Signatures in memory, numbered from 0. */
export class SignatureList implements Signatures {
  readonly #all: Signature[] = [];

  get size(): number {
    return this.#all.length;
  }

  get(number: number): Signature | undefined {
    return this.#all[number];
  }

  /** Returns the number. */
  add(signature: Signature): number {
    return this.#all.push(signature) - 1;
  }
}

/** Estimates of pairs, each made once. */
export class EstimatedPairs implements Pairs {
  readonly #known = new Map<string, PairRelation>();

  constructor(private readonly signatures: Signatures) {}

  /** How many pairs were asked for. */
  get size(): number {
    return this.#known.size;
  }

  relate(tensor: number, base: number): PairRelation | undefined {
    const key = `${tensor}:${base}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [a, b] = [this.signatures.get(tensor), this.signatures.get(base)];
    if (a === undefined || b === undefined || a.elements !== b.elements) return undefined;
    const relation = { metrics: estimatePair(a, b), cast: castLikely(a, b), transposed: false };
    this.#known.set(key, relation);
    return relation;
  }
}
