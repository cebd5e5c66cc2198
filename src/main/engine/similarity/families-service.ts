import type { ModelId } from '../../../shared/base';
import type { FamiliesReport } from '../../../shared/domain';
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

/** Bytes that measuring one family's pairs may read, beyond those of its edges. */
const PAIRS_BYTES = 4e9;

/**
 * The pairs of models whose relation a report rests on: its edges; of families small enough all
 * pairs, so that parents are chosen among measured ones.
 */
export function familyPairs({ families }: FamiliesReport, similarity: Similarity): CompareQuery[] {
  return families.flatMap(({ models, edges }): CompareQuery[] => {
    const bytes = models.reduce((sum, id) => sum + tensorBytes(id, similarity), 0);
    const all = 2 * bytes * (models.length - 1) <= PAIRS_BYTES;
    if (!all) return edges.map(({ parent, child }) => ({ a: parent, b: [child] }));
    return models.map((a) => ({ a, b: models.filter((b) => b !== a) }));
  });
}

function tensorBytes(id: ModelId, { members }: Similarity): number {
  const tensors = members.get(id)?.similar.tensors ?? [];
  return tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
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
