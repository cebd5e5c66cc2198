import type { Packed } from './messages';

/** Puts pieces one after another; null and empty pieces take no bytes. */
export function pack(pieces: readonly (Uint8Array | null)[]): Packed {
  const ends = new Float64Array(pieces.length);
  let end = 0;
  pieces.forEach((piece, at) => {
    end += piece?.length ?? 0;
    ends[at] = end;
  });
  const data = new Uint8Array(end);
  pieces.forEach((piece, at) => {
    if (piece !== null) data.set(piece, (ends[at] as number) - piece.length);
  });
  return { data, ends };
}

/** Piece `at`, a view; empty where there is none. */
export function pieceOf({ data, ends }: Packed, at: number): Uint8Array {
  return data.subarray(at === 0 ? 0 : ends[at - 1], ends[at] ?? 0);
}
