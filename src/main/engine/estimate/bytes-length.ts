import { compress } from 'zstd-napi';
import type { Length } from './alone-length';
import { isComplete, type Sampled } from './sampled';

const ZSTD_LEVEL = 3;
/** Mean length of a fragment of plain bytes. */
export const FRAGMENT_BYTES = 65_536;
/** Fewer pieces do not tell how much pieces differ. */
const FEWEST_PIECES = 8;

/** What sampled units of plain bytes would weigh, each compressed by itself. */
export function bytesLengths(sampled: readonly Sampled[]): Length[] {
  const shares = sampled.map(({ unit, runs }) =>
    runs.map((run) => shareOf(run, Math.min(unit.length, FRAGMENT_BYTES))),
  );
  const single = deviationOf(shares.flat().map(({ share }) => share));
  return sampled.map((each, at) => {
    const { unit, runs, bytes } = each;
    if (isComplete(each) && runs.length === 1) {
      return { bytes: Math.min(unit.length, zstdLength(bytes)), deviation: 0 };
    }
    const own = shares[at] ?? [];
    const count = Math.max(1, own.length);
    const share = own.reduce((sum, one) => sum + one.share, 0) / count;
    const unsure = own.reduce((sum, one) => sum + one.unsure, 0) / count;
    const deviation = Math.hypot(single / Math.sqrt(count), unsure) * (unit.length - bytes.length);
    return { bytes: share * unit.length, deviation };
  });
}

/** Standard deviation of one piece's share. */
function deviationOf(shares: readonly number[]): number {
  if (shares.length === 0) return 0.3;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  if (shares.length < FEWEST_PIECES) return 0.02 + 0.3 * Math.sqrt(mean * (1 - mean));
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return 0.01 + Math.sqrt(squares / (shares.length - 1));
}

interface Share {
  /** 0 … 1. */
  readonly share: number;
  /** Standard deviation of it from what is said about longer stretches. */
  readonly unsure: number;
}

/**
 * Share of a piece that zstd leaves, if the piece were part of a fragment: compressed length grows
 * as a power of length whose exponent the two halves tell, and which tends to 1: half way in between.
 */
function shareOf(piece: Uint8Array, fragment: number): Share {
  const share = Math.min(1, zstdLength(piece) / piece.length);
  if (fragment <= piece.length || piece.length < 64) return { share, unsure: 0 };
  const middle = piece.length >> 1;
  const halves = zstdLength(piece.subarray(0, middle)) + zstdLength(piece.subarray(middle));
  const exponent = Math.min(1, Math.max(0.5, Math.log2((2 * share * piece.length) / halves)));
  const growth = (fragment / piece.length) ** ((exponent - 1) / 2);
  return { share: share * growth, unsure: (share * (1 - growth)) / 2 };
}

const zstdLength = (bytes: Uint8Array): number =>
  compress(bytes, { compressionLevel: ZSTD_LEVEL }).length;
