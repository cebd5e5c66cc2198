import type { FileWork } from './work';

/** One file's turn: all of it, or only the samples of tensors whose signatures are missing. */
export interface Turn {
  readonly work: FileWork;
  readonly kind: 'fingerprint' | 'sign';
  /** What progress counts it as. */
  readonly bytes: number;
}

/** Bytes that signing one tensor reads at most, about. */
const SAMPLE_BYTES = 16_384;

export const fullTurn = (work: FileWork): Turn => ({
  work,
  kind: 'fingerprint',
  bytes: work.plan.fileSize,
});

export const signingTurn = (work: FileWork): Turn => ({
  work,
  kind: 'sign',
  bytes: Math.min(work.plan.fileSize, work.targets.length * SAMPLE_BYTES),
});

export const bytesOf = (turns: readonly Turn[]): number =>
  turns.reduce((sum, turn) => sum + turn.bytes, 0);
