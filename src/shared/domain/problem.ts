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
  /** Bytes on disk that the finding is about: an orphan's, an unfinished download's. */
  readonly bytes?: number;
}

export type ProblemKind =
  | 'malformed'
  | 'unreadable'
  | 'missing-shard'
  | 'outside-root'
  | 'partial-download'
  | 'changed-while-reading'
  | 'fingerprint-failed'
  /** A blob of a store that nothing in the store refers to. */
  | 'orphan'
  /** A file that is named by its digest, and holds something else. */
  | 'wrong-digest'
  /** A store's own records disagree with its files. */
  | 'store';
