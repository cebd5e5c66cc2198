import { conversionOf } from './cast';
import { aloneMeter, deltaMeter, UNIT_HEADER } from './code-length-planes';
import type { Kernels } from './kernels';
import { type MeasureMemory, WINDOW_ELEMENTS } from './measure-memory';
import { pairSums } from './measure-sums';
import type { ValueMeasure } from './messages';
import type { TensorReader } from './tensor-reader';
import { transposed } from './tensor-reader-transposed';
import { layoutOf, type ValueKind } from './values';

/**
 * Measures two tensors of equal element count on all of their data, `b` being the base, in one pass
 * of windows. Null where that cannot be done: other element counts; for `transposed`, not two
 * matrices whose sides are exchanged, or elements in blocks.
 */
export function measureValues(
  kernels: Kernels,
  memory: MeasureMemory,
  a: TensorReader,
  b: TensorReader,
  how: ValueMeasure['how'],
): ValueMeasure | null {
  const { elements, kind } = a.target;
  if (b.target.elements !== elements) return null;
  const base = how === 'transposed' ? exchanged(a, b) : b;
  if (base === null) return null;
  const layout = layoutOf(kind);
  const sums = pairSums(kernels, memory, kind, b.target.kind);
  const bits = bitMeter(kernels, memory, kind, b.target.kind);
  const alone = aloneMeter(kernels, memory, kind);
  const delta = deltaMeter(kernels, memory, kind);
  for (let done = 0; done < elements; done += WINDOW_ELEMENTS) {
    const count = Math.min(WINDOW_ELEMENTS, elements - done);
    const [atA, atB] = [window(a, memory.a, done, count), window(base, memory.b, done, count)];
    sums.add(atA, atB, count);
    const converted = bits.add(atA, atB, count);
    alone.add(atA, atA, count);
    if (converted !== undefined) delta.add(atA, converted, count);
  }
  const { equal, differing, castFromBase, castToBase } = bits.result(how);
  const aloneBytes = alone.total();
  const asDelta = Number.isNaN(differing) ? aloneBytes : delta.total();
  const follows = equal || castFromBase;
  return {
    how,
    elements,
    ...sums.agreement(equal),
    differingBits: elements === 0 ? 0 : differing / elements,
    elementBits: (layout.bytes * 8) / layout.elements,
    equal,
    castFromBase,
    castToBase,
    deltaBytes: follows ? Math.min(UNIT_HEADER, a.length) : asDelta,
    aloneBytes,
  };
}

function exchanged(a: TensorReader, b: TensorReader): TensorReader | null {
  const { rows, elements, kind } = a.target;
  const sidesMatch = b.target.rows * rows === elements;
  if (!a.target.matrix || !sidesMatch || layoutOf(kind).elements > 1) return null;
  return transposed(b);
}

/** Reads elements into memory; their address. */
function window(tensor: TensorReader, memory: Uint8Array, from: number, count: number): number {
  const { elements, bytes } = layoutOf(tensor.target.kind);
  const into = memory.subarray(0, (count / elements) * bytes);
  tensor.read(into, (from / elements) * bytes);
  return into.byteOffset;
}

interface BitMeter {
  /** The address of b's elements as a's kind; undefined where no conversion leads there. */
  add(a: number, b: number, count: number): number | undefined;
  result(how: ValueMeasure['how']): {
    readonly equal: boolean;
    /** Bits, after converting b to a's kind; NaN where no conversion leads there. */
    readonly differing: number;
    readonly castFromBase: boolean;
    readonly castToBase: boolean;
  };
}

/** Compares bits: as they are, and after converting either tensor to the other's kind. */
function bitMeter(kernels: Kernels, memory: MeasureMemory, a: ValueKind, b: ValueKind): BitMeter {
  const { exports } = kernels;
  const between = memory.between.byteOffset;
  const target = memory.converted.byteOffset;
  const [toA, toB] = [conversionOf(kernels, between, b, a), conversionOf(kernels, between, a, b)];
  const [sizeA, sizeB] = [layoutOf(a), layoutOf(b)];
  const isSameSize = sizeA.elements === sizeB.elements && sizeA.bytes === sizeB.bytes;
  const differ = (x: number, y: number, count: number, size = sizeA): number =>
    Number(exports.differingBits(x, y, (count / size.elements) * size.bytes));
  const isConvertible = a === b || toA !== undefined;
  let equal = isSameSize;
  let fromBase = toA !== undefined;
  let toBase = toB !== undefined;
  let differing = isConvertible ? 0 : Number.NaN;
  return {
    add: (x, y, count) => {
      if (equal) equal = differ(x, y, count) === 0;
      if (toB !== undefined && toBase) {
        toBase = toB(x, count, target) === 0 && differ(target, y, count, sizeB) === 0;
      }
      if (!isConvertible) return undefined;
      const converted = toA === undefined ? y : target;
      const misfits = toA?.(y, count, target) ?? 0;
      const bits = differ(x, converted, count);
      if (misfits > 0 || bits > 0) fromBase = false;
      differing += bits;
      return converted;
    },
    result: (how) => {
      const exchanged = how === 'transposed' && a === b && equal;
      return {
        equal,
        differing,
        castFromBase: fromBase || exchanged,
        castToBase: toBase || exchanged,
      };
    },
  };
}
