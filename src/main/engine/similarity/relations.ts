import type { PairMetrics } from '../../../shared/domain';
import type { ValueMeasure } from '../kernels/messages';
import type { Signature } from '../kernels/signature';
import { castLikely, estimatePair, estimateTransposed } from './estimate-pair';
import type { MeasureBook } from './measures';
import type { PairRelation, Pairs, Signatures } from './types';

/** Estimates kept in memory; a comparison asks for each pair several times. */
const KEPT = 200_000;

/** What is known of pairs: what was measured, and estimates for the rest. */
export class Relations implements Pairs {
  readonly #estimates = new Map<string, PairRelation | null>();

  constructor(
    private readonly signatures: Signatures,
    private readonly book: MeasureBook,
  ) {}

  relate(tensor: number, base: number): PairRelation | undefined {
    if (tensor < 0 || base < 0) return undefined;
    return this.#measured(tensor, base) ?? this.#estimated(tensor, base);
  }

  #measured(tensor: number, base: number): PairRelation | undefined {
    const values = this.book.get(tensor, base, 'values');
    const turned = this.book.get(tensor, base, 'transposed');
    const straight = values?.how === 'values' ? values : undefined;
    const exchanged = turned?.how === 'transposed' ? turned : undefined;
    if (exchanged !== undefined && exchanged.score > (straight?.score ?? 0)) {
      return relationOf(exchanged);
    }
    return straight === undefined ? undefined : relationOf(straight);
  }

  #estimated(tensor: number, base: number): PairRelation | undefined {
    const key = `${tensor}:${base}`;
    const known = this.#estimates.get(key);
    if (known !== undefined) return known ?? undefined;
    const a = this.signatures.get(tensor);
    const b = this.signatures.get(base);
    const relation = a === undefined || b === undefined ? undefined : estimate(a, b);
    if (this.#estimates.size >= KEPT) this.#estimates.clear();
    this.#estimates.set(key, relation ?? null);
    return relation;
  }
}

function relationOf(measure: ValueMeasure): PairRelation {
  const { score, cosine, relativeL2, differingBits, elementBits, maxDifference, deltaBytes } =
    measure;
  const metrics: PairMetrics = {
    score,
    cosine,
    relativeL2,
    differingBits,
    elementBits,
    maxDifference,
    deltaBytes,
    verified: true,
  };
  return {
    metrics,
    cast: measure.equal || measure.castFromBase || measure.castToBase,
    transposed: measure.how === 'transposed',
  };
}

/** Below this score, told from 256 bits, exchanged rows and columns are not worth a look. */
const LIKELY_TRANSPOSED = 0.8;

function estimate(a: Signature, b: Signature): PairRelation | undefined {
  if (a.elements !== b.elements) return undefined;
  const metrics = estimatePair(a, b);
  const isExchanged = a.rows * b.rows === a.elements && a.rows > 1 && b.rows > 1;
  const turned = isExchanged ? estimateTransposed(a, b) : undefined;
  if (turned !== undefined && turned.score > metrics.score && turned.score >= LIKELY_TRANSPOSED) {
    return { metrics: turned, cast: false, transposed: true };
  }
  return { metrics, cast: castLikely(a, b), transposed: false };
}
