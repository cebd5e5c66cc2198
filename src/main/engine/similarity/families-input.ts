import type { ModelId } from '../../../shared/base';
import type {
  FormatName,
  MetadataValue,
  ModelFacts,
  RowMatch,
  SimilarityThresholds,
} from '../../../shared/domain';
import type { AdapterShape } from './adapters-names';
import type { AlignOptions } from './align';
import type { Step } from './steps';
import type { Pairs, Signatures, SimilarModel } from './types';

/** A fingerprinted model with everything that its descent may be read from. */
export interface FamilyModel {
  readonly model: SimilarModel;
  readonly logicalBytes: number;
  readonly format: FormatName;
  /** Absolute; its last parts may name the model. */
  readonly folder: string;
  readonly facts: ModelFacts;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** What families are made from. Everything is asked, nothing is changed. */
export interface FamilyInput {
  /** Fingerprinted models, in any order: the report does not depend on it. */
  readonly models: readonly FamilyModel[];
  /** Open models that are not fingerprinted yet. */
  readonly pending: readonly ModelId[];
  readonly thresholds: SimilarityThresholds;
  readonly pairs: Pairs;
  readonly signatures: Signatures;
  /** Models with some of the same bytes, and how many distinct ones; any order. */
  partners(id: ModelId): Iterable<{ readonly id: ModelId; readonly sharedBytes: number }>;
  /**
   * Signatures that may be like one, bounded, nearest first. A floor below `similar` (about .7) lets
   * blends be found: the mean of two models is less like either than a fine-tune is.
   */
  candidates(signed: number): readonly number[];
  /** Signatures of tensors of another length that may have rows in common with one. */
  rowCandidates?(signed: number): readonly number[];
  /** Common rows as measured; undefined: not measured, then they are estimated. */
  rows?(tensor: number, base: number): RowMatch | undefined;
}

/** A model in the order that everything below is made in, with what is asked of it often. */
export interface Node {
  /** Its place in that order. */
  readonly at: number;
  readonly entry: FamilyModel;
  /** Equal for models whose tensors have equal names and shapes in equal order. */
  readonly architecture: string;
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
  /** Bytes of the files that belong to no tensor. */
  readonly otherBytes: number;
  /** Bits of one element, the mean over all tensors; 0 without any. */
  readonly bits: number;
  readonly step: Step | undefined;
  /** See versionStem. */
  readonly stem: string | undefined;
  /** Set where the model is an adapter. */
  readonly adapter: AdapterShape | undefined;
}

/** The input in a fixed order, with look-ups that are remembered. */
export interface Context extends FamilyInput, AlignOptions {
  readonly nodes: readonly Node[];
  readonly byId: ReadonlyMap<ModelId, Node>;
}
