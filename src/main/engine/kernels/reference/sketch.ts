import { sampleRuns, transposedPositions } from '../positions';
import { ROW_HASHES, ROW_POSITIONS, rowPrefix } from '../row-hashes';
import { type SampleStatistics, SIMHASH_WORDS, type Signature } from '../signature';
import type { TensorTarget } from '../targets';
import { layoutOf } from '../values';
import { splitmix64 } from './cdc';
import { referenceValues } from './values';

const { fround, imul } = Math;
const BUCKETS = 256;
const POSITIONS = 4096;
/** "tessera2" in ASCII. */
const SKETCH_SEED = 0x7465_7373_6572_6132n;

interface Place {
  readonly bucket: number;
  readonly sign: 1 | -1;
}

/** Per stretch of 256 positions a permutation of the buckets (Fisher and Yates), then the signs. */
function makePlaces(): Place[] {
  const random = splitmix64(SKETCH_SEED, (POSITIONS / BUCKETS) * (2 * BUCKETS - 1)).values();
  const next = (): bigint => random.next().value ?? 0n;
  return Array.from({ length: POSITIONS / BUCKETS }).flatMap(() => {
    const buckets = Array.from({ length: BUCKETS }, (_, k) => k);
    for (let k = BUCKETS - 1; k > 0; k--) {
      const other = Number(next() % BigInt(k + 1));
      const [mine = 0, theirs = 0] = [buckets[k], buckets[other]];
      buckets[k] = theirs;
      buckets[other] = mine;
    }
    return buckets.map((bucket): Place => ({ bucket, sign: next() >> 63n === 1n ? -1 : 1 }));
  });
}

const places = makePlaces();

const toFloats = (bits: Uint32Array): Float32Array => new Float32Array(bits.slice().buffer);

/** Four sums by index modulo 4, then (s0 + s1) + (s2 + s3). */
function sum(values: Iterable<number>): number {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  let i = 0;
  for (const value of values) {
    const lane = i++ % 4;
    sums[lane] = (sums[lane] ?? 0) + value;
  }
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

const orZero = (value: number): number => (Number.isFinite(value) ? value : 0);

/** Of values given as the bits of 32-bit floats. */
export function referenceStatistics(bits: Uint32Array): SampleStatistics {
  const values = [...toFloats(bits)];
  const finite = values.filter(Number.isFinite);
  const mean = finite.length === 0 ? 0 : sum(values.map(orZero)) / finite.length;
  const squares = values.map((value) => (Number.isFinite(value) ? (value - mean) ** 2 : 0));
  const nans = values.filter(Number.isNaN).length;
  return {
    zeros: values.filter((value) => value === 0).length,
    nans,
    infinities: values.length - finite.length - nans,
    mean,
    deviation: finite.length === 0 ? 0 : Math.sqrt(sum(squares) / finite.length),
    minimum: finite.length === 0 ? 0 : Math.min(...finite) + 0,
    maximum: finite.length === 0 ? 0 : Math.max(...finite) + 0,
  };
}

/** To nearest, ties to even; every NaN is 0x7fc0. */
export function bfloat16(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return 0x7fc0;
  return Math.floor((bits + 0x7fff + ((bits >>> 16) & 1)) / 65_536);
}

/** 256 signs of the Walsh–Hadamard transform of the count sketch of the centred sample. */
export function referenceSimhash(bits: Uint32Array): Uint32Array {
  const rounded = [...toFloats(bits.map((each) => bfloat16(each) << 16))];
  const finite = rounded.filter(Number.isFinite).length;
  const mean = finite === 0 ? 0 : fround(sum(rounded.map(orZero)) / finite);
  let sums = Array.from({ length: BUCKETS }, () => 0);
  rounded.forEach((value, i) => {
    const place = places[i];
    if (place === undefined || !Number.isFinite(value)) return;
    sums[place.bucket] = fround((sums[place.bucket] ?? 0) + place.sign * fround(value - mean));
  });
  for (let stride = 1; stride < BUCKETS; stride *= 2) {
    sums = sums.map((value, i) => {
      const other = sums[i ^ stride] ?? 0;
      return (i & stride) === 0 ? fround(value + other) : fround(other - value);
    });
  }
  const words = new Uint32Array(SIMHASH_WORDS);
  sums.forEach((value, i) => {
    if (value > 0) words[i >> 5] = (words[i >> 5] ?? 0) | (1 << (i & 31));
  });
  return words;
}

/** Hash of a row's first bytes, by little-endian words of 32 bits; the last is filled with zeros. */
export function referenceRowHash(prefix: Uint8Array): number {
  const mixed = (hash: number, word: number): number => {
    const product = imul(hash ^ word, 0x9e37_79b1);
    return product ^ (product >>> 15);
  };
  let hash = 0x9747_b28c ^ prefix.length;
  for (let at = 0; at < prefix.length; at += 4) {
    const byte = (i: number): number => (prefix[at + i] ?? 0) << (8 * i);
    hash = mixed(hash, byte(0) | byte(1) | byte(2) | byte(3));
  }
  hash = imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function referenceRowHashes(target: TensorTarget, bytes: Uint8Array): Uint32Array {
  const prefix = rowPrefix(target);
  if (prefix === undefined) return new Uint32Array(0);
  const hashes = Array.from({ length: Math.min(target.rows, ROW_POSITIONS) }, (_, row) => {
    const at = row * prefix.stride;
    return referenceRowHash(bytes.subarray(at, at + prefix.length));
  });
  const distinct = [...new Set(hashes)].sort((a, b) => a - b).slice(0, ROW_HASHES);
  return Uint32Array.of(hashes[0] ?? 0, ...distinct);
}

/** The signature of a whole tensor's bytes (inflated ones where it is deflated), value by value. */
export function referenceSignature(
  target: Pick<TensorTarget, 'kind' | 'elements' | 'rows' | 'matrix'>,
  bytes: Uint8Array,
): Signature {
  const { kind, elements, rows, matrix } = target;
  const values = referenceValues(kind, bytes, elements);
  const { starts, length } = sampleRuns(elements);
  const bits = Uint32Array.from([...starts].flatMap((at) => [...values.subarray(at, at + length)]));
  const exponents = new Uint16Array(256);
  for (const each of bits) {
    const exponent = (each >>> 23) & 0xff;
    exponents[exponent] = (exponents[exponent] ?? 0) + 1;
  }
  const columns = elements / rows;
  const plain = layoutOf(kind).elements === 1;
  const transposed =
    matrix && plain && rows > 1 && columns > 1
      ? Uint32Array.from(transposedPositions(rows, columns), (at) => values[at] ?? 0)
      : undefined;
  return {
    kind,
    elements,
    rows,
    simhash: referenceSimhash(bits),
    transposed: transposed && referenceSimhash(transposed),
    rowHashes: referenceRowHashes({ ...target, offset: 0, length: bytes.length }, bytes),
    statistics: referenceStatistics(bits),
    exponents,
    sample: Uint16Array.from(bits, bfloat16),
  };
}
