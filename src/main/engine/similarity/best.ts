import { LOWEST_THRESHOLD } from '../../../shared/domain';
import { correlationAtMost } from './distance';
import { estimateScore, estimateTransposed } from './estimate-pair';
import type { Candidate, SimilarityIndex } from './index';
import type { Signatures } from './types';

/** Candidates whose samples one tensor may be compared with. */
const CANDIDATES = 32;

/** Groups above this size are not searched for partners below SURE_FLOOR: each would be scanned. */
const SCANNED_GROUP = 65_536;

/** Scores that the index finds without looking at every entry of a group. */
const SURE_FLOOR = 0.9;

/** Better scores than this are told apart by id only; estimates are no better. */
const SAME_SCORE = 1e-9;

/**
 * For every signature number its best partner: another number of the highest estimated score, at
 * least LOWEST_THRESHOLD. Kept up to date while tensors come and go, with bounded work for each.
 * A partner that is not among the CANDIDATES nearest hashes of either is not seen.
 */
export class BestPartners {
  #partners = new Int32Array(1024).fill(-1);
  /** NaN without a partner. */
  #scores = new Float64Array(1024).fill(NaN);
  /** 1 where the partner is near with rows and columns exchanged. */
  #transposed = new Uint8Array(1024);
  #end = 0;

  constructor(
    private readonly index: SimilarityIndex,
    private readonly signatures: Signatures,
  ) {}

  /** -1: none. */
  partner(id: number): number {
    return this.#partners[id] ?? -1;
  }

  /** NaN without a partner. */
  score(id: number): number {
    return this.#scores[id] ?? NaN;
  }

  isTransposed(id: number): boolean {
    return this.#transposed[id] === 1;
  }

  /** Best scores by id, NaN without a partner; a view, valid until the next change. */
  get scores(): Float64Array {
    return this.#scores.subarray(0, this.#end);
  }

  /** `id` is in the index, and its signature can be had. What was known of the id is forgotten. */
  add(id: number): void {
    this.#reserve(id);
    this.#set(id, -1, NaN, false);
    this.#search(id);
  }

  /** `id` is out of the index. Tensors whose best partner it was get another. */
  remove(id: number): void {
    if (id >= this.#end) return;
    this.#set(id, -1, NaN, false);
    const orphans: number[] = [];
    for (let other = this.#partners.indexOf(id); other >= 0; ) {
      orphans.push(other);
      other = this.#partners.indexOf(id, other + 1);
    }
    for (const orphan of orphans) this.#set(orphan, -1, NaN, false);
    for (const orphan of orphans) this.#search(orphan);
  }

  #search(id: number): void {
    const signature = this.signatures.get(id);
    if (signature === undefined || !this.index.has(id)) return;
    const see = (candidates: readonly Candidate[]): void => {
      for (const candidate of candidates) {
        // Nearest first: none behind can be better.
        if (correlationAtMost(candidate.distance) < this.#known(id)) break;
        const other = this.signatures.get(candidate.id);
        if (other === undefined) continue;
        const score = candidate.transposed
          ? (estimateTransposed(signature, other)?.score ?? 0)
          : estimateScore(signature, other);
        this.#offer(id, candidate.id, score, candidate.transposed);
        this.#offer(candidate.id, id, score, candidate.transposed);
      }
    };
    see(this.index.candidates(id, SURE_FLOOR, CANDIDATES));
    const isFound = this.#known(id) >= SURE_FLOOR;
    if (isFound || this.index.groupSize(signature.elements) > SCANNED_GROUP) return;
    see(this.index.candidates(id, LOWEST_THRESHOLD, CANDIDATES));
  }

  #known(id: number): number {
    const score = this.#scores[id] as number;
    return Number.isNaN(score) ? -1 : score;
  }

  #offer(id: number, partner: number, score: number, transposed: boolean): void {
    if (score < LOWEST_THRESHOLD) return;
    this.#reserve(id);
    const known = this.#known(id);
    const isTie = Math.abs(score - known) <= SAME_SCORE;
    if (isTie ? partner < (this.#partners[id] as number) : score > known) {
      this.#set(id, partner, score, transposed);
    }
  }

  #set(id: number, partner: number, score: number, transposed: boolean): void {
    this.#partners[id] = partner;
    this.#scores[id] = score;
    this.#transposed[id] = transposed ? 1 : 0;
  }

  #reserve(id: number): void {
    this.#end = Math.max(this.#end, id + 1);
    if (id < this.#partners.length) return;
    const capacity = Math.ceil((id + 1) * 1.5);
    const partners = new Int32Array(capacity).fill(-1);
    const scores = new Float64Array(capacity).fill(NaN);
    const transposed = new Uint8Array(capacity);
    partners.set(this.#partners);
    scores.set(this.#scores);
    transposed.set(this.#transposed);
    this.#partners = partners;
    this.#scores = scores;
    this.#transposed = transposed;
  }
}
