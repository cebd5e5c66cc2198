/** Where bytes would be saved, in the order in which causes are counted: each byte once. */
export interface SavingsByCause {
  /** Equal tensors and other fragments, kept once. */
  readonly exact: number;
  /** Tensors that follow from another by converting the dtype. */
  readonly cast: number;
  /** Tensors stored as a difference from a near one, beyond what compression alone would save. */
  readonly delta: number;
  readonly compression: number;
}

/** What a library of the open models would weigh. savings add up to logical - expected. */
export interface Estimate {
  readonly logicalBytes: number;
  /** `low` … `high` holds the true size in at least 19 of 20 cases. Exact: all three are equal. */
  readonly storedBytes: { readonly low: number; readonly expected: number; readonly high: number };
  readonly savings: SavingsByCause;
  readonly basis: {
    /**
     * `sample`: at most 2% of the bytes or ten seconds; `fingerprints`: exact sharing, the rest from
     * signatures; `measured`: every byte weighed.
     */
    readonly kind: 'sample' | 'fingerprints' | 'measured';
    readonly bytesRead: number;
    readonly milliseconds: number;
    readonly models: number;
    readonly tensors: number;
    readonly sampledTensors: number;
  };
}
