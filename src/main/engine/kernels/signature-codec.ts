import { crc32 } from 'node:zlib';
import { ROW_HASHES } from './row-hashes';
import { SAMPLE_POSITIONS, SIGNATURE_VERSION, SIMHASH_WORDS, type Signature } from './signature';
import { layoutOf, type ValueKind, valueBytes } from './values';

/*
 * A signature as bytes, little-endian:
 *
 *   u8 version, u8 kind, u8 1 with a transposed SimHash, u8 number of row hashes,
 *   f64 elements, f64 rows, f64 mean, f64 deviation, f32 minimum, f32 maximum,
 *   u16 zeros, u16 NaNs, u16 infinities, u16 number of exponents that occur,
 *   SimHash 32 bytes, the transposed one's where there is one, row hashes u32 each,
 *   exponents: u16 count each, then u8 exponent each, ascending,
 *   sample: u16 each, as many as min(elements, 4096), u32 CRC-32 of everything before.
 */

const FIXED = 4 + 4 * 8 + 2 * 4 + 4 * 2 + 4 * SIMHASH_WORDS;

/** The longest: 4096 values, both SimHashes, all row hashes and 256 exponents; rounded up. */
const MOST_BYTES = 9216;

const work = new Uint8Array(MOST_BYTES);
const view = new DataView(work.buffer);

/** 90 bytes and two per sampled value at least, 9,147 at most. */
export function encodeSignature(signature: Signature): Uint8Array<ArrayBuffer> {
  const { transposed, rowHashes, statistics } = signature;
  work[0] = SIGNATURE_VERSION;
  work[1] = signature.kind;
  work[2] = transposed === undefined ? 0 : 1;
  work[3] = rowHashes.length;
  view.setFloat64(4, signature.elements, true);
  view.setFloat64(12, signature.rows, true);
  view.setFloat64(20, statistics.mean, true);
  view.setFloat64(28, statistics.deviation, true);
  view.setFloat32(36, statistics.minimum, true);
  view.setFloat32(40, statistics.maximum, true);
  view.setUint16(44, statistics.zeros, true);
  view.setUint16(46, statistics.nans, true);
  view.setUint16(48, statistics.infinities, true);
  let at = put(signature.simhash, 52);
  if (transposed !== undefined) at = put(transposed, at);
  at = putExponents(signature.exponents, put(rowHashes, at));
  at = put(signature.sample, at);
  view.setUint32(at, crc32(work.subarray(0, at)), true);
  return work.slice(0, at + 4);
}

function put({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array, at: number): number {
  work.set(new Uint8Array(buffer, byteOffset, byteLength), at);
  return at + byteLength;
}

/** Their number goes to its own place. */
function putExponents(exponents: Uint16Array, at: number): number {
  let occurring = 0;
  for (let exponent = 0; exponent < 256; exponent++) {
    if ((exponents[exponent] ?? 0) > 0) occurring += 1;
  }
  view.setUint16(50, occurring, true);
  let next = at;
  for (let exponent = 0; exponent < 256; exponent++) {
    const count = exponents[exponent] ?? 0;
    if (count === 0) continue;
    view.setUint16(next, count, true);
    work[at + 2 * occurring + (next - at) / 2] = exponent;
    next += 2;
  }
  return at + 3 * occurring;
}

/** Undefined for bytes of another version and for what no `encodeSignature` wrote. */
export function decodeSignature(bytes: Uint8Array): Signature | undefined {
  if (bytes.length < FIXED + 4 || bytes[0] !== SIGNATURE_VERSION) return undefined;
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 4;
  if (crc32(bytes.subarray(0, end)) !== fields.getUint32(end, true)) return undefined;
  const [, kind = 0, flags = 0, hashes = 0] = bytes;
  const elements = fields.getFloat64(4, true);
  const rows = fields.getFloat64(12, true);
  if (!isShape(kind, elements, rows) || flags > 1 || hashes > ROW_HASHES + 1) return undefined;
  const occurring = fields.getUint16(50, true);
  const positions = Math.min(elements, SAMPLE_POSITIONS);
  const expected = FIXED + 32 * flags + 4 * hashes + 3 * occurring + 2 * positions;
  if (occurring > 256 || end !== expected) return undefined;
  let at = 52;
  const take = (length: number): ArrayBuffer => {
    at += length;
    return Uint8Array.from(bytes.subarray(at - length, at)).buffer;
  };
  return {
    kind: layoutOf(kind).kind,
    elements,
    rows,
    simhash: new Uint32Array(take(4 * SIMHASH_WORDS)),
    transposed: flags === 1 ? new Uint32Array(take(4 * SIMHASH_WORDS)) : undefined,
    rowHashes: new Uint32Array(take(4 * hashes)),
    exponents: exponentsFrom(new Uint16Array(take(2 * occurring)), new Uint8Array(take(occurring))),
    statistics: statisticsOf(fields),
    sample: new Uint16Array(take(2 * positions)),
  };
}

function exponentsFrom(counts: Uint16Array, occurring: Uint8Array): Uint16Array {
  const exponents = new Uint16Array(256);
  occurring.forEach((exponent, i) => {
    exponents[exponent] = counts[i] ?? 0;
  });
  return exponents;
}

function statisticsOf(fields: DataView): Signature['statistics'] {
  return {
    zeros: fields.getUint16(44, true),
    nans: fields.getUint16(46, true),
    infinities: fields.getUint16(48, true),
    mean: fields.getFloat64(20, true),
    deviation: fields.getFloat64(28, true),
    minimum: fields.getFloat32(36, true),
    maximum: fields.getFloat32(40, true),
  };
}

function isShape(kind: number, elements: number, rows: number): kind is ValueKind {
  const fits = elements > 0 && valueBytes(kind, elements) !== undefined;
  return fits && Number.isSafeInteger(rows) && rows > 0 && elements % rows === 0;
}
