import { type ValueKind, valueKinds } from '../kernels/values';
import { baseElements, elementsOf, holds } from './base';
import { type CodecMemory, codecMemory } from './memory';
import { type Base, type Codec, CodecError, codecIds, type Tools } from './types';

/** How a wider float loses its bits. */
const TRUNCATED = 1;

/**
 * Elements that are the base's, converted: rounded to nearest or exactly widened, or cut off.
 *
 *   (no bytes)       rounded to nearest, ties to even, as PyTorch and NumPy do
 *   u8 1             F32 to BF16 by its upper half, as older converters do
 *
 * Chosen only where the conversion gives the content bit for bit, NaNs and zeros included.
 */
export const cast: Codec = {
  id: codecIds.cast,
  name: 'cast',
  bases: 1,
  encode: ({ bytes, kind }, [base], limit, _effort, tools) => {
    if (kind === undefined || base === undefined || limit < 1) return undefined;
    const memory = codecMemory(tools.kernels);
    for (const form of [Uint8Array.of(), Uint8Array.of(TRUNCATED)]) {
      if (form.length >= limit) return undefined;
      const made = converted(tools, memory, base, kind, bytes.length, form.length > 0);
      if (made !== undefined && Buffer.compare(made, bytes) === 0) return form;
    }
    return undefined;
  },
  decode: (data, length, kind, [base], tools) => {
    if (data.length > 1 || (data.length === 1 && data[0] !== TRUNCATED)) {
      throw new CodecError('cast', 0, 'nothing, or 1', `${data.length} bytes`);
    }
    const memory = codecMemory(tools.kernels);
    const made =
      base && kind !== undefined
        ? converted(tools, memory, base, kind, length, data.length > 0)
        : undefined;
    if (made !== undefined) return made;
    throw new CodecError('cast', 0, 'the base that it was encoded with', 'another');
  },
};

/** Undefined where the base is none of this content, or no such conversion exists. */
function converted(
  { kernels }: Tools,
  memory: CodecMemory,
  base: Base,
  kind: ValueKind,
  length: number,
  truncated: boolean,
): Uint8Array | undefined {
  const elements = elementsOf(length, kind);
  if (elements === undefined || base.kind === kind || !holds(base, elements)) return undefined;
  if (!truncated) return baseElements(kernels, memory, base, kind);
  if (base.kind !== valueKinds.F32 || kind !== valueKinds.BF16) return undefined;
  return upperHalves(base.bytes);
}

function upperHalves(singles: Uint8Array): Uint8Array {
  const halves = new Uint8Array(singles.length / 2);
  for (let at = 0; at < halves.length; at += 2) {
    halves[at] = singles[at * 2 + 2] ?? 0;
    halves[at + 1] = singles[at * 2 + 3] ?? 0;
  }
  return halves;
}
