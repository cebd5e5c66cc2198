import { isFloat } from './cast';
import { layoutOf, type ValueKind, valueKinds } from './values';

/**
 * Functions of assembly/{transform,sort,runs,fields}.ts; addresses are bytes in the kernels' memory.
 * Inputs, output and workspace never overlap, unless a function's source says so.
 */
export interface CodecExports {
  /** Elements to planes; `rotate` 1 moves the sign to the lowest place first. */
  readonly splitPlanes: (
    width: number,
    rotate: number,
    from: number,
    elements: number,
    to: number,
  ) => void;
  /** Planes to elements. */
  readonly mergePlanes: (
    width: number,
    rotate: number,
    from: number,
    elements: number,
    to: number,
  ) => void;
  /** `to` may be `a` or `b`. How many bits differ, `differingBits` counts. */
  readonly xorBytes: (a: number, b: number, length: number, to: number) => void;
  readonly deltaPlanes: (
    width: number,
    ordered: number,
    element: number,
    base: number,
    elements: number,
    to: number,
  ) => void;
  /** Planes and base to elements. */
  readonly undoDelta: (
    width: number,
    ordered: number,
    from: number,
    base: number,
    elements: number,
    to: number,
  ) => void;
  /** `mode` 0: the line from b through a, 2a - b; 1: their mean. */
  readonly predictTwo: (
    mode: number,
    width: number,
    ordered: number,
    a: number,
    b: number,
    elements: number,
    to: number,
  ) => void;
  /** Bytes of workspace that the two sorting functions take. */
  readonly sortWorkspace: (width: number, mask: number, elements: number) => number;
  /** Leaves the groups' sizes at the workspace's begin: mask + 1 of u32. */
  readonly sortDelta: (
    width: number,
    ordered: number,
    shift: number,
    mask: number,
    element: number,
    base: number,
    elements: number,
    to: number,
    workspace: number,
  ) => void;
  /** As `sortDelta`, from planes and base to elements. */
  readonly unsortDelta: (
    width: number,
    ordered: number,
    shift: number,
    mask: number,
    from: number,
    base: number,
    elements: number,
    to: number,
    workspace: number,
  ) => void;
  /** The groups' sizes alone, to the workspace's begin; it needs 20 bytes per group. */
  readonly countGroups: (
    width: number,
    shift: number,
    mask: number,
    base: number,
    elements: number,
    workspace: number,
  ) => void;
  /** Shortest period among 1, 2, 4, 8 bytes, at most `length`; 0: none. */
  readonly patternOf: (from: number, length: number) => number;
  /** 1: all bytes are zero. */
  readonly isZeroPlane: (from: number, length: number) => number;
  readonly leadingZeros: (from: number, length: number) => number;
  readonly longestZeroRun: (from: number, length: number) => number;
  /** Copies `length` bytes at `from` of each of `count` blocks of `stride` bytes, back to back. */
  readonly gatherField: (
    from: number,
    stride: number,
    length: number,
    count: number,
    to: number,
  ) => void;
  /** The inverse: fields back to back to `to` of each block. */
  readonly scatterField: (
    from: number,
    length: number,
    count: number,
    to: number,
    stride: number,
  ) => void;
  /**
   * a - b, each lane of a byte by itself; `top`: highest bit of every lane, 0x80 whole bytes, 0x88
   * halves, 0xaa pairs of bits, 0xff bits. `to` may be `a` or `b`.
   */
  readonly subtractLanes: (a: number, b: number, length: number, top: number, to: number) => void;
  /** a + b, lane by lane. */
  readonly addLanes: (a: number, b: number, length: number, top: number, to: number) => void;
}

/** What `kernels.wasm` must export for them. */
export const codecExports: readonly (keyof CodecExports)[] = [
  'splitPlanes',
  'mergePlanes',
  'xorBytes',
  'deltaPlanes',
  'undoDelta',
  'predictTwo',
  'sortWorkspace',
  'sortDelta',
  'unsortDelta',
  'countGroups',
  'patternOf',
  'isZeroPlane',
  'leadingZeros',
  'longestZeroRun',
  'gatherField',
  'scatterField',
  'subtractLanes',
  'addLanes',
];

/** How the codecs' kernels take the elements of a plain kind. */
export interface SortLayout {
  /** Bytes of an element: 1, 2, 4 or 8. */
  readonly width: number;
  /** `rotate` and `ordered` of the kernels: 1 for floats. */
  readonly ordered: 0 | 1;
  /** Where the exponent is in an element's bits; mask 0: there is none, one group for all. */
  readonly shift: number;
  readonly mask: number;
}

/** Mantissa and exponent bits. */
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

/** Undefined for kinds whose elements lie in blocks of several. */
export function sortLayoutOf(kind: ValueKind): SortLayout | undefined {
  const { elements, bytes: width } = layoutOf(kind);
  if (elements !== 1) return undefined;
  const bits = floatBits.get(kind);
  if (bits === undefined || !isFloat(kind)) return { width, ordered: 0, shift: 0, mask: 0 };
  return { width, ordered: 1, shift: bits[0], mask: 2 ** bits[1] - 1 };
}

/** Space for `sortWorkspace` of any layout and at most `bytes` bytes of elements. */
export function sortWorkspaceBytes(bytes: number): number {
  return 2048 * 20 + bytes;
}
