import { isBlock, isFloat } from './cast';
import { BLOCK_BYTES, blockCodeLength, PLANE_HEADER } from './code-length';
import { sortedCodeLength } from './code-length-sorted';
import type { Kernels } from './kernels';
import type { MeasureMemory } from './measure-memory';
import { layoutOf, type ValueKind, valueKinds } from './values';

/** Predicts what a tensor's bytes weigh when they are coded in units of 1 MiB, as fragments are. */
export interface CodeMeter {
  /** Elements (whole blocks) at two addresses; a meter of tensors alone ignores the base. */
  add(element: number, base: number, count: number): void;
  /** Bytes of all that was added; never more than they are. */
  total(): number;
}

const UNIT_BYTES = 1_048_576;
/** Bytes of one unit beside its planes: codec and lengths. */
export const UNIT_HEADER = 8;

/** How the bits of a plain kind are made into planes. */
interface BitLayout {
  readonly width: number;
  /** Turns sign and magnitude into an ordered integer; 0 where the bits are one. */
  readonly order: bigint;
  /** Where the exponent is in the bits; mask 0: the kind has none, all elements are one group. */
  readonly shift: number;
  readonly mask: number;
  readonly groups: number;
}

/** Mantissa and exponent bits of the floats. */
const floatBits: ReadonlyMap<ValueKind, readonly [number, number]> = new Map([
  [valueKinds.F64, [52, 11]],
  [valueKinds.F32, [23, 8]],
  [valueKinds.F16, [10, 5]],
  [valueKinds.BF16, [7, 8]],
  [valueKinds.F8_E4M3, [3, 4]],
  [valueKinds.F8_E5M2, [2, 5]],
  [valueKinds.F8_E4M3FNUZ, [3, 4]],
  [valueKinds.F8_E5M2FNUZ, [2, 5]],
]);

export function bitLayoutOf(kind: ValueKind): BitLayout {
  const width = layoutOf(kind).bytes;
  const [shift, exponent] = floatBits.get(kind) ?? [0, 0];
  if (!isFloat(kind)) return { width, order: 0n, shift: 0, mask: 0, groups: 1 };
  const order = (1n << BigInt(width * 8 - 1)) - 1n;
  return { width, order, shift, mask: 2 ** exponent - 1, groups: Math.min(256, 2 ** exponent) };
}

/** Of a tensor alone: signs rotated to the lowest place, byte planes. */
export function aloneMeter(kernels: Kernels, memory: MeasureMemory, kind: ValueKind): CodeMeter {
  const { exports } = kernels;
  const histograms = memory.alone;
  if (isBlock(kind)) {
    const { elements, bytes } = layoutOf(kind);
    return blockMeter(histograms, elements, bytes, (element, _, blocks) =>
      exports.countBlocks(element, blocks, bytes, histograms.byteOffset),
    );
  }
  const { width } = bitLayoutOf(kind);
  const rotate = isFloat(kind) ? 1 : 0;
  return planeMeter(kernels, memory, histograms, width, 1, (element, _, count) =>
    exports.countPlanes(width, element, count, rotate, histograms.byteOffset),
  );
}

/**
 * Of a tensor as its difference from a base of the same kind: ordered integers, subtracted, zigzag,
 * sorted by the base's exponent, byte planes; blocks by the differences of their bytes or half bytes.
 */
export function deltaMeter(kernels: Kernels, memory: MeasureMemory, kind: ValueKind): CodeMeter {
  const { exports } = kernels;
  const histograms = memory.delta;
  const to = histograms.byteOffset;
  if (isBlock(kind)) {
    const { elements, bytes } = layoutOf(kind);
    const low = kind === valueKinds.Q8_0 ? 0xff : 0x0f;
    return blockMeter(histograms, elements, bytes, (element, base, blocks) =>
      exports.countBlockDelta(element, base, blocks, bytes, low, to),
    );
  }
  const { width, order, shift, mask, groups } = bitLayoutOf(kind);
  return planeMeter(kernels, memory, histograms, width, groups, (element, base, count) =>
    exports.countDelta(width, element, base, count, order, shift, mask, to),
  );
}

type Count = (element: number, base: number, count: number) => void;

function planeMeter(
  { exports }: Kernels,
  { sizes }: MeasureMemory,
  histograms: Uint32Array,
  width: number,
  groups: number,
  count: Count,
): CodeMeter {
  const close = (): number => {
    exports.groupSizes(histograms.byteOffset, width, groups, sizes.byteOffset);
    return takePlanes(histograms, sizes.subarray(0, groups), width);
  };
  return meter(width, 1, count, close);
}

/** As `sortedCodeLength`; leaves the histograms empty. */
function takePlanes(histograms: Uint32Array, sizes: Uint32Array, width: number): number {
  const bytes = sortedCodeLength(histograms, sizes, width);
  sizes.forEach((size, group) => {
    if (size > 0) histograms.fill(0, group * width * 256, (group + 1) * width * 256);
  });
  return bytes;
}

function blockMeter(
  histograms: Uint32Array,
  blockElements: number,
  blockBytes: number,
  count: Count,
): CodeMeter {
  const close = (): number => {
    const bytes = positionsCodeLength(histograms, blockBytes);
    histograms.fill(0, 0, blockBytes * 256);
    return bytes;
  };
  return meter(blockBytes, blockElements, count, close);
}

/**
 * Predicted bytes of blocks whose bytes are gathered by position; neighbours that one table codes
 * in fewer bytes than two (the quants of a block, for one) are a plane together.
 */
export function positionsCodeLength(histograms: Uint32Array, positions: number): number {
  const open = new Float64Array(256);
  const next = new Float64Array(256);
  const both = new Float64Array(256);
  let bytes = 0;
  let openTotal = 0;
  let openBytes = 0;
  for (let position = 0; position < positions; position++) {
    next.set(histograms.subarray(position * 256, position * 256 + 256));
    const total = next.reduce((sum, each) => sum + each, 0);
    both.forEach((_, value) => {
      both[value] = (open[value] ?? 0) + (next[value] ?? 0);
    });
    const alone = planeCodeLength(next, total);
    const together = planeCodeLength(both, openTotal + total);
    if (together <= openBytes + alone) {
      open.set(both);
      openTotal += total;
      openBytes = together;
    } else {
      bytes += openBytes;
      open.set(next);
      openTotal = total;
      openBytes = alone;
    }
  }
  return bytes + openBytes;
}

/** A plane whose blocks are all alike. */
function planeCodeLength(counts: Float64Array, total: number): number {
  const blocks = Math.ceil(total / BLOCK_BYTES);
  if (blocks <= 1) return PLANE_HEADER + blockCodeLength({ counts, from: 0, total });
  const share = { counts: counts.map((count) => count / blocks), from: 0, total: total / blocks };
  return PLANE_HEADER + blocks * blockCodeLength(share);
}

/** Counts up to 1 MiB, then closes the unit. */
function meter(bytes: number, per: number, count: Count, close: () => number): CodeMeter {
  let unit = 0;
  let raw = 0;
  let coded = 0;
  const closeUnit = (): void => {
    if (unit === 0) return;
    coded += Math.min(unit, UNIT_HEADER + Math.ceil(close()));
    raw += unit;
    unit = 0;
  };
  return {
    add: (element, base, elements) => {
      const blocks = elements / per;
      if (unit + blocks * bytes > UNIT_BYTES) closeUnit();
      count(element, base, blocks);
      unit += blocks * bytes;
    },
    total: () => {
      closeUnit();
      return Math.min(raw, coded);
    },
  };
}
