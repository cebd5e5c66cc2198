import { BLOCK_BYTES, blockCodeLengthOf, excessOf, PLANE_HEADER } from '../kernels/code-length';

/** Differences are coded in units of so many bytes, as fragments are. */
const UNIT_BYTES = 1_048_576;
const UNIT_HEADER = 8;

/** A byte that is expected less often than this in a block is not expected. */
const LEAST_COUNT = 0.3;

/** As in kernels/code-length-sorted.ts: from this entropy on one table codes all groups of a block. */
const TABLE_ENTROPY = 4.5;

/** Lengths in bits that a difference can have: 0 … 64. */
export const MAGNITUDES = 65;

/**
 * Elements of one group, and how many of them have a difference of each length in bits; within a
 * length all values are equally likely.
 */
export interface Magnitudes {
  readonly count: number;
  readonly lengths: Float64Array;
}

/**
 * How the bytes of a plane are spread, as shares: [0] of the byte 0, [t] of the bytes from 2^(t-1)
 * to 2^t - 1, each as likely as the others; [ANY] of all 256 bytes alike.
 */
type PlaneShares = Float64Array;
const ANY = 9;
const SHARES = 10;

/** A group's share of all elements, with its planes. */
interface GroupPlanes {
  readonly count: number;
  readonly planes: readonly PlaneShares[];
  /** Bits per byte that zstd takes for each plane where it codes this group by itself. */
  readonly bits: readonly number[];
}

/**
 * Predicted bytes of signed differences of `width` bytes each, zigzag, sorted by group, in byte
 * planes that zstd codes in blocks: what kernels/code-length-sorted.ts tells from all of the data.
 * `groups` are shares of a sample of all `elements`, in sorting order.
 */
export function planesSize(groups: readonly Magnitudes[], elements: number, width: number): number {
  const sampled = groups.reduce((sum, { count }) => sum + count, 0);
  if (sampled === 0 || elements === 0) return 0;
  const shares = groups.map((group) => groupPlanes(group, sampled, width));
  const perUnit = Math.floor(UNIT_BYTES / width);
  const whole = Math.floor(elements / perUnit);
  const of = (size: number): number =>
    size === 0 ? 0 : Math.min(size * width, unitSize(shares, size, width));
  return (whole > 0 ? whole * of(perUnit) : 0) + of(elements - whole * perUnit);
}

function groupPlanes(group: Magnitudes, sampled: number, width: number): GroupPlanes {
  const planes = Array.from({ length: width }, (_, plane) => sharesOf(group, plane));
  const bits = planes.map((shares) => {
    const entropy = entropyOf(shares);
    return entropy + excessOf(entropy);
  });
  return { count: group.count / sampled, planes, bits };
}

/**
 * A zigzag number of l + 1 bits has, in a plane that its highest bit lies in as bit t, one of 2^t
 * equally likely bytes; zero in higher planes and any byte in lower ones.
 */
function sharesOf({ count, lengths }: Magnitudes, plane: number): PlaneShares {
  const shares = new Float64Array(SHARES);
  for (let length = 0; length < MAGNITUDES; length++) {
    const top = length === 0 ? 0 : length + 1 - 8 * plane;
    const at = top > 8 ? ANY : Math.max(0, top);
    shares[at] = (shares[at] as number) + (lengths[length] as number) / count;
  }
  return shares;
}

/** Share of each of the bytes that `at` stands for. */
const shareOfByte = (shares: PlaneShares, at: number): number =>
  (shares[at] as number) / bytesAt(at) + (shares[ANY] as number) / 256;

const bytesAt = (at: number): number => (at === 0 ? 1 : 2 ** (at - 1));

/** Bits per byte. */
function entropyOf(shares: PlaneShares): number {
  let bits = 0;
  for (let at = 0; at < ANY; at++) {
    const share = shareOfByte(shares, at);
    if (share > 0) bits -= bytesAt(at) * share * Math.log2(share);
  }
  return Math.max(0, bits);
}

function unitSize(groups: readonly GroupPlanes[], size: number, width: number): number {
  let bytes = UNIT_HEADER + width * PLANE_HEADER;
  for (let from = 0; from < size; from += BLOCK_BYTES) {
    const to = Math.min(size, from + BLOCK_BYTES);
    bytes += blockSize(groups, { from: from / size, to: to / size, total: to - from, width });
  }
  return Math.ceil(bytes);
}

/** The elements `from` … `to`, as shares of all in sorting order; `total` of them. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly width: number;
}

/** All planes of one block: below TABLE_ENTROPY the code follows the groups within, above not. */
function blockSize(groups: readonly GroupPlanes[], { from, to, total, width }: Block): number {
  let bytes = 0;
  for (let plane = 0; plane < width; plane++) {
    const mixed = new Float64Array(SHARES);
    let apart = 0;
    let at = 0;
    for (const { count, planes, bits } of groups) {
      const inside = Math.max(0, Math.min(to, at + count) - Math.max(from, at)) / (to - from);
      at += count;
      apart += inside * (bits[plane] as number);
      planes[plane]?.forEach((share, each) => {
        mixed[each] = (mixed[each] as number) + inside * share;
      });
    }
    const entropy = entropyOf(mixed);
    const together = Math.min(1, entropy / TABLE_ENTROPY);
    const bits = together * (entropy + excessOf(entropy)) + (1 - together) * apart;
    const block = { counts: countsOf(mixed, total), from: 0, total };
    bytes += blockCodeLengthOf(block, entropy, bits);
  }
  return bytes;
}

function countsOf(shares: PlaneShares, total: number): Float64Array {
  const counts = new Float64Array(256);
  for (let at = 0; at < ANY; at++) {
    const count = shareOfByte(shares, at) * total;
    const first = at === 0 ? 0 : bytesAt(at);
    if (count >= LEAST_COUNT) counts.fill(count, first, first + bytesAt(at));
  }
  return counts;
}
