/** What one run of a contender took. */
export interface Sample {
  readonly seconds: number;
  /** Most resident memory of the whole process, where it was measured. */
  readonly peakBytes?: number;
}

export interface Summary {
  readonly minSeconds: number;
  readonly medianSeconds: number;
  /** Of all samples; 0 where none measured it. */
  readonly peakBytes: number;
}

/** The middle value, or the mean of the two middle ones. Throws RangeError for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('median of no values');
  return (lower + upper) / 2;
}

/** Throws RangeError for no samples. */
export function summarise(samples: readonly Sample[]): Summary {
  const seconds = samples.map((sample) => sample.seconds);
  return {
    minSeconds: Math.min(...seconds),
    medianSeconds: median(seconds),
    peakBytes: Math.max(0, ...samples.map((sample) => sample.peakBytes ?? 0)),
  };
}

/**
 * Speed of `subject` relative to `peer`, round by round, so that a machine that slows down half way
 * slows both: > 1 means that the subject was faster.
 */
export function pairRatios(subject: readonly Sample[], peer: readonly Sample[]): number[] {
  return subject.flatMap((sample, round) => {
    const other = peer[round];
    return other === undefined ? [] : [other.seconds / sample.seconds];
  });
}
