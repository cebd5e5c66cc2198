import { type SortLayout, sortLayoutOf, sortWorkspaceBytes } from '../kernels/codec-exports';
import type { Kernels } from '../kernels/kernels';
import type { ValueKind } from '../kernels/values';

/*
 * The kernels' transformations over views of their memory. Areas are of equal length, whole elements
 * of a plain kind, and apart from one another; what they are is documented in ../kernels.
 */

/** Elements to planes, the sign of floats at the lowest place. */
export function splitPlanes(
  { exports }: Kernels,
  kind: ValueKind,
  from: Uint8Array,
  to: Uint8Array,
): void {
  const { width, ordered } = layoutOf(kind);
  exports.splitPlanes(width, ordered, from.byteOffset, from.length / width, to.byteOffset);
}

/** The inverse of `splitPlanes`. */
export function mergePlanes(
  { exports }: Kernels,
  kind: ValueKind,
  from: Uint8Array,
  to: Uint8Array,
): void {
  const { width, ordered } = layoutOf(kind);
  exports.mergePlanes(width, ordered, from.byteOffset, from.length / width, to.byteOffset);
}

/** What a difference is taken from and how it is laid out. */
export interface Difference {
  readonly kind: ValueKind;
  readonly base: Uint8Array;
  /** Stably sorted by the base's exponent; false: as the elements lie. */
  readonly sorted: boolean;
  /** `workspaceBytes` of the elements' length. */
  readonly workspace: Uint8Array;
}

/** Bytes that `Difference.workspace` takes for so many bytes of elements. */
export const workspaceBytes = sortWorkspaceBytes;

/** Planes of the elements' differences from the base. */
export function splitDelta(
  { exports }: Kernels,
  { kind, base, sorted, workspace }: Difference,
  from: Uint8Array,
  to: Uint8Array,
): void {
  const { width, ordered, shift, mask } = layoutOf(kind);
  exports.sortDelta(
    width,
    ordered,
    shift,
    sorted ? mask : 0,
    from.byteOffset,
    base.byteOffset,
    from.length / width,
    to.byteOffset,
    workspace.byteOffset,
  );
}

/** The inverse of `splitDelta`. */
export function mergeDelta(
  { exports }: Kernels,
  { kind, base, sorted, workspace }: Difference,
  from: Uint8Array,
  to: Uint8Array,
): void {
  const { width, ordered, shift, mask } = layoutOf(kind);
  exports.unsortDelta(
    width,
    ordered,
    shift,
    sorted ? mask : 0,
    from.byteOffset,
    base.byteOffset,
    from.length / width,
    to.byteOffset,
    workspace.byteOffset,
  );
}

function layoutOf(kind: ValueKind): SortLayout {
  const layout = sortLayoutOf(kind);
  if (layout === undefined)
    throw new RangeError(`expected a kind of single elements, found ${kind}`);
  return layout;
}
