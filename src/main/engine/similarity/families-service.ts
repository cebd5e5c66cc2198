import type { FamiliesReport } from '../../../shared/domain';
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
