import type { SourceId } from '../base';

/** A folder or file that is open in this session. */
export interface SourceInfo {
  readonly id: SourceId;
  /** Display only. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly state: 'scanning' | 'ready' | 'missing';
  readonly models: number;
  readonly files: number;
  readonly logicalBytes: number;
}

/** Sums over everything open. */
export interface Totals {
  readonly models: number;
  readonly files: number;
  readonly tensors: number;
  /** Each physical file once. */
  readonly logicalBytes: number;
  /** Distinct fragments of the fingerprinted models. */
  readonly uniqueBytes: number;
  /** logicalBytes of the fingerprinted models, each physical file once. */
  readonly fingerprintedBytes: number;
  /** Distinct bytes used by two or more models. */
  readonly sharedBytes: number;
  readonly pendingModels: number;
}
