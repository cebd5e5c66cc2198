import { compareNatural, type ModelId } from '../../../shared/base';
import {
  defaultThresholds,
  LOWEST_THRESHOLD,
  type Match,
  type RowMatch,
  type SimilarityThresholds,
  type ThresholdCounts,
} from '../../../shared/domain';
import type { PairWish } from '../jobs/measure';
import type { ModelWork } from '../jobs/work';
import type { Model } from '../model/model';
import { BestPartners } from './best';
import { thresholdCounts } from './counts';
import { entryOf, SimilarityIndex } from './index';
import {
  identicalMatches,
  inOrder,
  type Partner,
  partnerMatches,
  rowMatches,
  type SharedRows,
} from './matches';
import type { MeasureBook } from './measures';
import { type Home, type Member, Members, memberOf } from './members';
import { Relations } from './relations';
import { RowIndex } from './row-index';
import type { SignatureStore } from './store';

/** Longest stretch of searching without a pause for other work, milliseconds. */
const SEARCH_SLICE = 8;

/**
 * Signatures of everything that is open and fingerprinted, in step with it: which tensors are near
 * to which. Says what may match; measuring is a job's (jobs/measure.ts).
 */
export class Similarity {
  readonly members = new Members();
  readonly relations: Relations;
  readonly index = new SimilarityIndex();
  readonly #rows = new RowIndex();
  readonly #best: BestPartners;
  /** Per signature number: tensors of joined models that have it. */
  readonly #uses = new Map<number, number>();
  /** In the index, and not yet compared with what is near. */
  readonly #unsearched = new Set<number>();
  #searching: Promise<void> | undefined;
  #thresholds: SimilarityThresholds = defaultThresholds;
  #generation = 0;

  constructor(
    readonly store: SignatureStore,
    readonly book: MeasureBook,
  ) {
    this.relations = new Relations(store, book);
    this.#best = new BestPartners(this.index, store);
  }

  /** Rises with every change; what was made of an earlier state is out of date. */
  get generation(): number {
    return this.#generation;
  }

  get thresholds(): SimilarityThresholds {
    return this.#thresholds;
  }

  setThresholds(thresholds: SimilarityThresholds): void {
    this.#thresholds = thresholds;
    this.changed();
  }

  changed(): void {
    this.#generation += 1;
  }

  /** Takes a fingerprinted model in, or again when more of its signatures are known. */
  join(model: Model, work: ModelWork, digests: Int32Array): void {
    const before = this.members.get(model.id);
    const member = memberOf(model, work, digests, this.store);
    this.members.set(member);
    for (const signed of signedOf(member)) this.#use(signed);
    if (before !== undefined) this.#release(before);
    this.changed();
  }

  /** Resolves when every joined tensor has been compared with what is near; other work goes on. */
  settle(): Promise<void> {
    this.#searching ??= this.#search().finally(() => {
      this.#searching = undefined;
    });
    return this.#searching;
  }

  /** Gives up what is left to search: the catalogue is about to close. */
  stop(): void {
    this.#unsearched.clear();
  }

  async #search(): Promise<void> {
    let since = performance.now();
    for (const signed of this.#unsearched) {
      this.#unsearched.delete(signed);
      this.#best.add(signed);
      if (performance.now() - since < SEARCH_SLICE) continue;
      this.changed();
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
    this.changed();
  }

  leave(ids: ReadonlySet<ModelId>): void {
    for (const id of ids) {
      const member = this.members.get(id);
      if (member === undefined) continue;
      this.members.delete(id);
      this.#release(member);
    }
    this.changed();
  }

  counts(thresholds: SimilarityThresholds): ThresholdCounts {
    const { scores } = this.#best;
    return thresholdCounts(
      { scores, bytes: this.members.signedBytes(this.store.size) },
      thresholds,
    );
  }

  /** Every distinct tensor with its best partner, each pair once, and what is known of it. */
  partners(floor: number): Partner[] {
    const partners = new Map<string, Partner>();
    for (const signed of this.members.signed()) {
      const best = this.#best.partner(signed);
      if (best < 0) continue;
      const [tensor, base] = this.#inOrder(signed, best);
      const key = `${tensor}:${base}`;
      if (partners.has(key)) continue;
      const relation = this.relations.relate(tensor, base);
      if (relation === undefined || relation.metrics.score < floor) continue;
      partners.set(key, { tensor, base, relation });
    }
    return [...partners.values()];
  }

  /** Which of two is predicted from the other: the narrower one, else the later by its model's name. */
  #inOrder(one: number, other: number): readonly [tensor: number, base: number] {
    const [a, b] = [this.members.home(one), this.members.home(other)];
    if (a === undefined || b === undefined) return [one, other];
    const wider = bytesAt(b) - bytesAt(a);
    const later = compareNatural(a.member.model.name, b.member.model.name);
    const order = wider || later || compareText(a.member.model.id, b.member.model.id);
    return (order || a.tensor - b.tensor) > 0 ? [one, other] : [other, one];
  }

  matches(threshold: number): Match[] {
    const thresholds = { ...this.#thresholds, similar: threshold };
    const raised = {
      ...thresholds,
      nearDuplicate: Math.max(threshold, this.#thresholds.nearDuplicate),
    };
    return inOrder([
      ...identicalMatches(this.members.all()),
      ...partnerMatches(this.partners(threshold), this.members, raised),
      ...rowMatches(this.#sharedRows(), this.members, raised),
    ]);
  }

  /** Pairs whose numbers `matches` still only estimates. */
  wishes(): PairWish[] {
    const near = this.partners(LOWEST_THRESHOLD).map(({ tensor, base, relation }) =>
      wishOf(tensor, base, relation.transposed),
    );
    const rows = this.#rowPairs().map(([tensor, base]) => {
      return { tensor, base, how: 'rows' } as const;
    });
    return [...near, ...rows];
  }

  /** Candidates near to a signature, nearest first. */
  candidates(signed: number, limit: number, floor = this.#thresholds.similar): number[] {
    return this.index.candidates(signed, floor, limit).map(({ id }) => id);
  }

  /** Longer tensors of equal rows that may have some in common with this one. */
  rowCandidates(signed: number): number[] {
    return this.#rows.candidates(signed);
  }

  /** Common rows as measured; undefined: not measured. */
  rowsOf(tensor: number, base: number): RowMatch | undefined {
    const measure = this.book.get(tensor, base, 'rows');
    if (measure?.how !== 'rows') return undefined;
    const { prefix, common, rows, baseRows } = measure;
    return { prefix, common, rows, baseRows };
  }

  #sharedRows(): SharedRows[] {
    return this.#rowPairs().flatMap(([tensor, base]) => {
      const rows = this.rowsOf(tensor, base);
      return rows === undefined ? [] : [{ tensor, base, rows }];
    });
  }

  /** Pairs of tensors that share rows, each once, the longer one as the base. */
  #rowPairs(): (readonly [tensor: number, base: number])[] {
    return [...this.members.signed()].flatMap((tensor) =>
      this.rowCandidates(tensor).map((base) => [tensor, base] as const),
    );
  }

  #use(signed: number): void {
    const uses = this.#uses.get(signed) ?? 0;
    this.#uses.set(signed, uses + 1);
    if (uses > 0) return;
    const signature = this.store.get(signed);
    if (signature === undefined) return;
    this.index.add(signed, entryOf(signature));
    this.#rows.add(signed, signature);
    if (this.index.has(signed)) this.#unsearched.add(signed);
  }

  #release(member: Member): void {
    for (const signed of signedOf(member)) {
      const uses = (this.#uses.get(signed) ?? 0) - 1;
      if (uses > 0) this.#uses.set(signed, uses);
      else {
        this.#uses.delete(signed);
        this.index.remove(signed);
        this.#rows.remove(signed);
        if (!this.#unsearched.delete(signed)) this.#best.remove(signed);
      }
    }
  }
}

/** How a pair is to be measured. */
export function wishOf(tensor: number, base: number, transposed: boolean): PairWish {
  return { tensor, base, how: transposed ? 'transposed' : 'values' };
}

const bytesAt = ({ member, tensor }: Home): number =>
  member.similar.tensors[tensor]?.byteLength ?? 0;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const signedOf = (member: Member): number[] =>
  member.similar.tensors.flatMap(({ signed }) => (signed < 0 ? [] : [signed]));
