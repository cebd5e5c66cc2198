import { elementCount } from './dtypes';
import { type NumpyType, numpyType } from './numpy-dtypes';
import { type NpyDictionary, parseNpyDictionary } from './numpy-literal';
import { quote } from './text';

/** Prefix and dictionary together; numpy itself takes 10,000 bytes, unless told otherwise. */
export const MAX_NPY_HEADER = 65_536;
/** Enough for the usual header of 128 bytes. */
const FIRST_READ = 128;
const MAGIC = Buffer.from([0x93, ...Buffer.from('NUMPY')]);

/** An array's bytes, in a file of its own or as a member of an archive. */
export interface NpyBytes {
  readonly size: number;
  /** The first bytes, as many as asked for; at most `size` and MAX_NPY_HEADER. */
  readonly head: (length: number) => Uint8Array;
  /** Throws FormatError; `at` counts from the array's first byte. */
  readonly fail: (at: number, expected: string, found: string) => never;
}

export interface NpyHeader {
  readonly version: string;
  readonly descr: string;
  readonly type: NumpyType;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin; they last to the end. */
  readonly dataStart: number;
}

/** Why the elements of an array are not read, as a neutral sentence. */
export const npyReasons = {
  object: 'NumPy array of Python objects, which are kept as a pickle: not read.',
  structured: 'NumPy array of records (a structured type): not read.',
} as const;

export function startsAsNpy(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && MAGIC.equals(head.subarray(0, MAGIC.length));
}

/**
 * Parses an array's header, versions 1.0 to 3.0; its elements must fill the rest exactly.
 * A key of `npyReasons` for arrays whose elements have no fixed form. Throws FormatError.
 * Source: numpy, doc/neps/nep-0001-npy-format.rst.
 */
export function readNpyHeader(bytes: NpyBytes): NpyHeader | keyof typeof npyReasons {
  const head = bytes.head(Math.min(FIRST_READ, bytes.size));
  const { version, textStart, dataStart } = readPrefix(bytes, head);
  const all = dataStart <= head.length ? head : bytes.head(dataStart);
  const text = decode(bytes, all.subarray(textStart, dataStart), version, textStart);
  const dictionary = parseNpyDictionary(text, (at, expected, found) =>
    bytes.fail(textStart + at, expected, found),
  );
  if (dictionary.descr === undefined) return 'structured';
  return finish(bytes, dictionary, dictionary.descr, version, textStart, dataStart);
}

function readPrefix(bytes: NpyBytes, head: Uint8Array) {
  if (!startsAsNpy(head)) {
    const found = quote(Buffer.from(head.subarray(0, 6)).toString('latin1'));
    bytes.fail(0, 'the mark "\\x93NUMPY"', head.length < 6 ? `${head.length} bytes` : found);
  }
  const version = `${head[6]}.${head[7]}`;
  const textStart = version === '1.0' ? 10 : 12;
  if (head.length < textStart) {
    bytes.fail(head.length, `a prefix of ${textStart} bytes`, 'the end');
  }
  if (version !== '1.0' && version !== '2.0' && version !== '3.0') {
    bytes.fail(6, 'version 1.0, 2.0 or 3.0', version);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = version === '1.0' ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = textStart + length;
  if (dataStart > bytes.size) {
    bytes.fail(8, `a header within the ${bytes.size - textStart} bytes left`, `${length} bytes`);
  }
  if (dataStart > MAX_NPY_HEADER) {
    bytes.fail(8, `a header of at most ${MAX_NPY_HEADER - textStart} bytes`, `${length} bytes`);
  }
  return { version, textStart, dataStart };
}

/** Latin-1 up to version 2.0, UTF-8 from 3.0 on. */
function decode(bytes: NpyBytes, text: Uint8Array, version: string, at: number): string {
  if (version !== '3.0') return Buffer.from(text).toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return bytes.fail(at, 'a header in UTF-8', 'bytes that are not UTF-8');
  }
}

function finish(
  bytes: NpyBytes,
  { fortranOrder, shape, descrAt }: NpyDictionary,
  descr: string,
  version: string,
  textStart: number,
  dataStart: number,
): NpyHeader | 'object' {
  const type = numpyType(descr);
  if (type === undefined) {
    return bytes.fail(textStart + descrAt, 'an element type that numpy writes', quote(descr));
  }
  if (type === 'object') return 'object';
  const elements = elementCount(shape);
  const total = elements === undefined ? Number.POSITIVE_INFINITY : elements * type.bytes;
  const what = `${quote(descr)} (${shape.slice(0, 8).join(', ')})`;
  if (total > Number.MAX_SAFE_INTEGER) {
    bytes.fail(textStart, 'an array of fewer than 2^53 bytes', what);
  }
  const room = bytes.size - dataStart;
  if (total !== room) {
    bytes.fail(Math.min(dataStart + total, bytes.size), `${total} bytes for ${what}`, `${room}`);
  }
  return { version, descr, type, fortranOrder, shape, dataStart };
}

/** Whether the elements lie as other formats have them: little-endian, in row-major order. */
export function isRowMajorLittle({ type, fortranOrder, shape }: NpyHeader): boolean {
  const order = fortranOrder && shape.filter((dimension) => dimension !== 1).length > 1;
  return type.plain && !type.bigEndian && !order;
}
