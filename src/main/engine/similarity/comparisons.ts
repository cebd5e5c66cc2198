import type { JobId, ModelId } from '../../../shared/base';
import type { CompareMap, ComparePage, CompareReport } from '../../../shared/domain';
import { type MeasureContext, type PairWish, startMeasuring } from '../jobs/measure';
import { type ComparePageQuery, type CompareQuery, EngineError } from '../protocol';
import { alignModels } from './align';
import { type Comparison, compareModels } from './compare';
import { compareMap } from './compare-map';
import { comparePage } from './compare-rows';
import type { Member } from './members';
import { type Similarity, wishOf } from './similarity';
import type { SimilarTensor } from './types';

/** Comparisons that are kept for the next page, map or report. */
const KEPT = 16;
/** Candidates asked of the index for a tensor that neither name nor bytes align. */
const CANDIDATES = 16;

/** Compares open models, from hashes and signatures, and keeps the last ones. */
export class Comparisons {
  readonly #kept = new Map<string, Comparison>();
  /** The last ones asked for together: their rows are paged as one table. */
  #last: { readonly key: string; readonly all: readonly Comparison[] } | undefined;
  #generation = -1;

  constructor(private readonly similarity: Similarity) {}

  report({ a, b }: CompareQuery): CompareReport[] {
    return this.#all(a, b).map(({ report }) => report);
  }

  page(query: ComparePageQuery): ComparePage {
    return comparePage(this.#all(query.a, query.b), query);
  }

  map({ a, b }: CompareQuery): CompareMap {
    return compareMap(this.#all(a, b));
  }

  /** Every aligned pair whose bytes differ. */
  wishes({ a, b }: CompareQuery): PairWish[] {
    return this.#all(a, b).flatMap(wishesOf);
  }

  /** Starts measuring them. */
  verify({ a, b }: CompareQuery, context: MeasureContext): Promise<JobId | null> {
    const names = [a, ...b].map((id) => this.#member(id).model.name);
    const title =
      names.length === 2 ? `Comparing ${names.join(' and ')}` : `Comparing ${names.length} models`;
    return startMeasuring(() => this.wishes({ a, b }), title, context);
  }

  #all(a: ModelId, others: readonly ModelId[]): readonly Comparison[] {
    if (this.#generation !== this.similarity.generation) {
      this.#kept.clear();
      this.#last = undefined;
      this.#generation = this.similarity.generation;
    }
    const key = [a, ...others].join();
    if (this.#last?.key !== key) {
      const base = this.#member(a);
      this.#last = { key, all: others.map((b) => this.#one(base, this.#member(b))) };
    }
    return this.#last.all;
  }

  #one(a: Member, b: Member): Comparison {
    const key = `${a.model.id}:${b.model.id}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const { relations, thresholds } = this.similarity;
    const alignment = alignModels(a.similar, b.similar, relations, {
      similar: thresholds.similar,
      candidates: (signed) => this.similarity.candidates(signed, CANDIDATES),
    });
    const made = compareModels(
      a.similar,
      b.similar,
      alignment,
      relations,
      thresholds,
      (tensor, base) => this.similarity.rowsOf(tensor, base),
    );
    if (this.#kept.size >= KEPT) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }

  #member(id: ModelId): Member {
    const member = this.similarity.members.get(id);
    if (member !== undefined) return member;
    throw new EngineError(
      'not-ready',
      'A model is not fingerprinted yet, so it cannot be compared.',
      'Wait until the analysis is done, or start it.',
    );
  }
}

/** All aligned pairs of known values whose bytes differ, b's tensor to be predicted from a's. */
function wishesOf({ a, b, alignment, relations }: Comparison): PairWish[] {
  return a.tensors.flatMap((base, at) => {
    const other = b.tensors[alignment.b[at] ?? -1];
    if (other === undefined || other.digest === base.digest) return [];
    const { signed: tensor } = other;
    if (tensor < 0 || base.signed < 0) return [];
    const relation = relations[at];
    if (relation !== null && relation !== undefined) {
      return [wishOf(tensor, base.signed, relation.transposed)];
    }
    return haveEqualRows(base, other) ? [{ tensor, base: base.signed, how: 'rows' }] : [];
  });
}

/** Shorter rows, numbers of a vector above all, are found anywhere by chance. Bytes. */
const SHORTEST_ROW = 16;

/** Tensors of one dtype that differ in their number of rows only, and whose rows tell something. */
function haveEqualRows(a: SimilarTensor, b: SimilarTensor): boolean {
  const [one, other] = [a, b].map(({ shape }) => shape.filter((size) => size !== 1));
  if (a.dtype !== b.dtype || String(one?.slice(1)) !== String(other?.slice(1))) return false;
  return a.byteLength / (one?.[0] ?? 1) >= SHORTEST_ROW;
}
