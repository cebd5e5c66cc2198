import { FormatError } from './errors';
import type { DeclaredTensor } from './gguf-tensors';
import type { ByteSource, TensorEntry } from './reader';
import { quote } from './text';

/** Up to the next multiple; exact for powers of 2. */
export function pad(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/**
 * Gives every tensor its range: in order of offset, each begins at the padded end of the one
 * before, and the file ends with the last one or with its padding. A tensor of unknown type
 * extends to the next. Throws FormatError.
 */
export function layOut(
  source: ByteSource,
  tensors: readonly DeclaredTensor[],
  dataStart: number,
  alignment: number,
  bigEndian: boolean,
): TensorEntry[] {
  const fail = (at: number, expected: string, found: string): never => {
    throw new FormatError(source.path, at, expected, found);
  };
  const room = source.size - dataStart;
  const order = tensors.toSorted((a, b) => a.offset - b.offset || leastSize(a) - leastSize(b));
  const lengths = new Map<DeclaredTensor, number>();
  let end = 0;
  for (const [index, tensor] of order.entries()) {
    const { at, name, offset } = tensor;
    if (offset % alignment !== 0) {
      fail(at, `an offset that is a multiple of ${alignment}`, `${offset} for ${quote(name)}`);
    }
    const next = pad(end, alignment);
    if (offset !== next) {
      const what = offset > next ? 'a hole' : 'an overlap';
      fail(at, `a tensor at offset ${next}`, `${quote(name)} at ${offset}: ${what}`);
    }
    const length = tensor.bytes ?? (order[index + 1]?.offset ?? room) - offset;
    if (length < leastSize(tensor)) {
      fail(at, 'data for every tensor', `${length} bytes for ${quote(name)}`);
    }
    end = offset + length;
    if (end > room) {
      const expected = `data within its ${Math.max(0, room)} bytes`;
      fail(at, expected, `${quote(name)} ending at ${end}`);
    }
    lengths.set(tensor, length);
  }
  const last = dataStart + pad(end, alignment);
  if (source.size > last) {
    fail(last, 'the end of the file', `${source.size - last} more bytes`);
  }
  return tensors.map((tensor) => toEntry(tensor, dataStart, lengths.get(tensor) ?? 0, bigEndian));
}

/** Bytes that a tensor takes at least: of unknown types one, if it has elements at all. */
function leastSize({ bytes, elements }: DeclaredTensor): number {
  return bytes ?? Math.min(elements, 1);
}

function toEntry(
  { name, dtype, shape, offset, blockBytes }: DeclaredTensor,
  dataStart: number,
  byteLength: number,
  bigEndian: boolean,
): TensorEntry {
  const raw = blockBytes !== undefined && (!bigEndian || blockBytes === 1);
  return {
    name,
    dtype,
    shape,
    fileIndex: 0,
    offset: dataStart + offset,
    byteLength,
    encoding: raw ? 'raw' : 'encoded',
  };
}
