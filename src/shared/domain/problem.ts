/** A finding about one file, shown to the person: what is wrong, where, and what to do. */
export interface Problem {
  readonly file: string;
  /** One sentence, complete in itself. */
  readonly error: string;
  readonly kind: ProblemKind;
  /** Byte offset of the fault in `file`, where known. */
  readonly offset?: number;
  readonly expected?: string;
  readonly found?: string;
  /** A way out, one sentence. */
  readonly hint?: string;
}

export type ProblemKind =
  | 'malformed'
  | 'unreadable'
  | 'missing-shard'
  | 'outside-root'
  | 'partial-download'
  | 'changed-while-reading'
  | 'fingerprint-failed';
