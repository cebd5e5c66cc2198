import type { Sampled } from './sampled';

/** Bytes looked for as one: long enough not to meet by chance. */
const SHINGLE = 48;
/** Shorter agreements are phrases of a format, not shared content. */
const SHORTEST_RUN = 256;
/** Pieces are searched up to so many bytes in all. */
const MOST_SEARCHED = 8 << 20;

interface Place {
  readonly piece: Uint8Array;
  readonly at: number;
}

/**
 * For every unit of plain bytes, the share of what was sampled of it that an earlier one holds,
 * too, wherever: pieces of units of about one size lie at about the same places, so that a header
 * that differs in its first lines and agrees in its long lists is found out. 0 of other units.
 */
export function sharedShares(sampled: readonly Sampled[]): Float64Array {
  const known = new Map<string, Place>();
  const shares = new Float64Array(sampled.length);
  let searched = 0;
  for (const [at, { unit, runs, bytes }] of sampled.entries()) {
    if (unit.values !== undefined || searched > MOST_SEARCHED) continue;
    searched += bytes.length;
    const found = runs.map((piece) => sharedShare(piece, known));
    shares[at] = found.reduce((sum, share) => sum + share, 0) / Math.max(1, found.length);
    for (const piece of runs) remember(piece, known);
  }
  return shares;
}

function remember(piece: Uint8Array, known: Map<string, Place>): void {
  const text = textOf(piece);
  for (let at = 0; at + SHINGLE <= piece.length; at += SHINGLE) {
    const shingle = text.slice(at, at + SHINGLE);
    if (!known.has(shingle) && !isMonotonous(piece, at)) known.set(shingle, { piece, at });
  }
}

/** Of the part of the piece that a known one could overlap, shifted as the longest agreement is. */
function sharedShare(piece: Uint8Array, known: ReadonlyMap<string, Place>): number {
  const text = textOf(piece);
  let agreed = 0;
  let longest = 0;
  let shift = 0;
  for (let at = 0; at + SHINGLE <= piece.length; at++) {
    const place = known.get(text.slice(at, at + SHINGLE));
    if (place === undefined) continue;
    const [before, behind] = extent(piece, at, place);
    const run = before + behind;
    if (run >= Math.min(SHORTEST_RUN, piece.length)) {
      agreed += run;
      if (run > longest) shift = Math.abs(place.at - at);
      longest = Math.max(longest, run);
    }
    at += behind - 1;
  }
  const overlap = Math.max(piece.length / 8, piece.length - shift);
  return Math.min(1, agreed / overlap);
}

/** Equal bytes before the place (less than a shingle) and from it on. */
function extent(piece: Uint8Array, at: number, place: Place): readonly [number, number] {
  let before = 0;
  while (
    before < SHINGLE - 1 &&
    before < Math.min(at, place.at) &&
    piece[at - before - 1] === place.piece[place.at - before - 1]
  ) {
    before += 1;
  }
  let behind = SHINGLE;
  const most = Math.min(piece.length - at, place.piece.length - place.at);
  while (behind < most && piece[at + behind] === place.piece[place.at + behind]) behind += 1;
  return [before, behind];
}

/** Padding: it agrees with all other padding. */
function isMonotonous(piece: Uint8Array, at: number): boolean {
  const first = piece[at];
  for (let i = at + 1; i < at + SHINGLE; i++) if (piece[i] !== first) return false;
  return true;
}

const textOf = (piece: Uint8Array): string =>
  Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
