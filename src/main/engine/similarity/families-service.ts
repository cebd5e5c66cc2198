import type { FamiliesReport } from '../../../shared/domain';
import type { PairWish } from '../jobs/measure';
import type { CompareQuery } from '../protocol';
import { factsOf } from '../queries/facts';
import { logicalBytesOf } from '../queries/models';
import type { Registry } from '../registry';
import type { SharingIndex } from '../sharing/sharing';
import { familiesReport } from './families';
import type { FamilyInput } from './families-input';
import type { Similarity } from './similarity';

/** Candidates per tensor that may speak for a relation between two models. */
const CANDIDATES = 32;
/** A blend scores less against its parents than a fine-tune against its base. */
const FLOOR = 0.7;

export interface FamiliesContext {
  readonly registry: Registry;
  readonly sharing: SharingIndex;
  readonly similarity: Similarity;
}

/** Families of what is open; made anew when something that they rest on has changed. */
export class Families {
  #made: { readonly generation: number; readonly report: Promise<FamiliesReport> } | undefined;

  constructor(private readonly context: FamiliesContext) {}

  report(): Promise<FamiliesReport> {
    const { generation } = this.context.similarity;
    if (this.#made?.generation !== generation) {
      this.#made = { generation, report: familiesReport(inputOf(this.context)) };
    }
    return this.#made.report;
  }
}

/** Bytes that measuring one family's further pairs may read. */
const FURTHER_BYTES = 4e9;
/** In larger families only the edges are measured: comparing all with all would take too long. */
const ALL_PAIRS_MODELS = 12;

/**
 * What a report rests on and is not measured: its edges, and in families small enough the other
 * pairs, those that take least first, so that parents are chosen among measured ones.
 */
export function familyWishes(
  { families }: FamiliesReport,
  { members, book }: Similarity,
  wishesOf: (query: CompareQuery) => readonly PairWish[],
): PairWish[] {
  const bytesOf = ({ tensor, base, how }: PairWish): number => {
    if (book.get(tensor, base, how) !== undefined) return 0;
    const lengths = [tensor, base].map((signed) => members.placeOf(signed)?.target.length ?? 0);
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  return families.flatMap(({ models, edges }) => {
    const wishes = edges.flatMap(({ parent, child }) => [...wishesOf({ a: parent, b: [child] })]);
    if (models.length > ALL_PAIRS_MODELS) return wishes;
    const pairs = models.flatMap((a) => models.filter((b) => b !== a).map((b) => ({ a, b: [b] })));
    const further = pairs
      .map((pair) => wishesOf(pair))
      .map((some) => ({ some, bytes: some.reduce((sum, wish) => sum + bytesOf(wish), 0) }))
      .sort((one, other) => one.bytes - other.bytes);
    let left = FURTHER_BYTES;
    for (const { some, bytes } of further) {
      left -= bytes;
      if (left >= 0) wishes.push(...some);
    }
    return wishes;
  });
}

function inputOf({ registry, sharing, similarity }: FamiliesContext): FamilyInput {
  const members = similarity.members.all();
  const joined = new Set(members.map(({ model }) => model.id));
  return {
    models: members.map(({ model, similar }) => ({
      model: similar,
      logicalBytes: logicalBytesOf([model]),
      format: model.format,
      folder: model.folder,
      facts: factsOf(model),
      metadata: model.metadata,
    })),
    pending: registry
      .models()
      .map(({ id }) => id)
      .filter((id) => !joined.has(id)),
    thresholds: similarity.thresholds,
    pairs: similarity.relations,
    signatures: similarity.store,
    partners: (id) => sharing.partners(id),
    candidates: (signed) => similarity.candidates(signed, CANDIDATES, FLOOR),
    rowCandidates: (signed) => similarity.rowCandidates(signed),
    rows: (tensor, base) => similarity.rowsOf(tensor, base),
  };
}
