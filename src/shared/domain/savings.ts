import type { ModelId } from '../base';

/** One model's part in what exact sharing saves. Every byte of `logicalBytes` is in one column. */
export interface ModelSavings {
  readonly modelId: ModelId;
  readonly name: string;
  readonly logicalBytes: number;
  /** Distinct bytes that only this model has. */
  readonly exclusiveBytes: number;
  /** Distinct bytes that other models have too. */
  readonly sharedBytes: number;
  /** logical - exclusive - shared: repeats inside the model itself. */
  readonly repeatedBytes: number;
}

export interface SavingsReport {
  /** The models whose fingerprints are done; the others are left out and counted. */
  readonly models: readonly ModelSavings[];
  readonly pendingModels: number;
  /** Size of the files, each physical file once. */
  readonly logicalBytes: number;
  /** Distinct fragments, each once: what exact sharing would store. */
  readonly uniqueBytes: number;
  /** logicalBytes - uniqueBytes. */
  readonly savedBytes: number;
  /** Part of savedBytes that comes from fragments in two or more models. */
  readonly savedAcrossModels: number;
  /** Part of savedBytes that comes from repeats inside one model. */
  readonly savedInsideModels: number;
}

/** Counts for a set of models taken together: a union, never a sum. */
export interface SelectionUnion {
  readonly models: number;
  readonly logicalBytes: number;
  readonly uniqueBytes: number;
  /** What would be freed, with fragments stored once, if all of these left. */
  readonly exclusiveBytes: number;
  readonly pendingModels: number;
}
