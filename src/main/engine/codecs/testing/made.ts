import type { Kernels } from '../../kernels/kernels';
import { testKernels } from '../../kernels/test-support';
import { normal, uniform } from '../../kernels/testing/pairs';
import { layoutOf, type ValueKind, valueKinds } from '../../kernels/values';
import { CODEC_BYTES } from '../memory';
import type { Base, Content, Tools } from '../types';
import { createZstd } from '../zstd';

/** Every kind of values that fragments may have. */
export const kinds: readonly ValueKind[] = Object.values(valueKinds);
/** Those whose elements stand alone. */
export const plainKinds = kinds.filter((kind) => layoutOf(kind).elements === 1);
export const blockKinds = kinds.filter((kind) => layoutOf(kind).elements > 1);

export function testTools(): Tools {
  return { kernels: testKernels(CODEC_BYTES), zstd: createZstd() };
}

/** Singles as elements of a float kind, rounded by the kernels. */
export function floats(kernels: Kernels, kind: ValueKind, values: Float32Array): Uint8Array {
  const { buffer, exports } = kernels;
  const { bytes: width } = layoutOf(kind);
  const out = new Uint8Array(values.length * width);
  const step = 65_536;
  for (let done = 0; done < values.length; done += step) {
    const part = values.subarray(done, done + step);
    buffer.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const to = buffer.byteOffset + step * 4;
    exports.encodeSingles(kind, buffer.byteOffset, part.length, to);
    out.set(buffer.subarray(step * 4, step * 4 + part.length * width), done * width);
  }
  return out;
}

/** Elements of a float kind as singles; of F64 the nearest. */
export function singles(kernels: Kernels, kind: ValueKind, bytes: Uint8Array): Float32Array {
  const { buffer, exports } = kernels;
  const { bytes: width } = layoutOf(kind);
  const out = new Float32Array(bytes.length / width);
  const step = 65_536;
  for (let done = 0; done < out.length; done += step) {
    const part = bytes.subarray(done * width, (done + step) * width);
    buffer.set(part);
    const to = step * 8;
    exports.decodeValues(kind, buffer.byteOffset, part.length / width, buffer.byteOffset + to);
    const view = buffer.slice(to, to + (part.length / width) * 4);
    out.set(new Float32Array(view.buffer), done);
  }
  return out;
}

/** Seeded integers below a bound. */
export type Pick = (bound: number) => number;

export function picker(seed: number): Pick {
  const next = uniform(seed);
  return (bound) => Math.floor(next() * bound);
}

/** Lengths about edges: nothing, one, a block more or less, an odd tail, some thousand bytes. */
export function someLength(pick: Pick, kind: ValueKind | undefined, whole: boolean): number {
  const unit = kind === undefined ? 1 : layoutOf(kind).bytes;
  const most = pick(16) === 0 ? 16_384 : 600;
  const units = pick(8) === 0 ? pick(3) : pick(Math.ceil(most / unit) + 1);
  return units * unit + (whole || unit === 1 ? 0 : pick(3) === 0 ? pick(unit) : 0);
}

/** Bytes of many natures: noise, zeros, a pattern, few values, numbers, edges of floats. */
export function someBytes(pick: Pick, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const words = Uint32Array.of(
    0,
    0x8000_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0001,
    0xffff_ffff,
    0x0000_0001,
    0x8000_0001,
    0x3f80_0000,
    0x7c00_fc00,
    0x0001_8000,
    0x7e01_ffff,
  );
  const edges = new Uint8Array(words.buffer);
  const nature = pick(7);
  const pattern = Uint8Array.from({ length: 2 ** pick(5) }, () => pick(256));
  for (let at = 0; at < length; at++) {
    if (nature === 0) bytes[at] = pick(256);
    else if (nature === 1) bytes[at] = pattern[at % pattern.length] ?? 0;
    else if (nature === 2) bytes[at] = pick(3);
    else if (nature === 3) bytes[at] = edges[(pick(12) * 4 + (at % 4)) % 48] ?? 0;
    else if (nature === 4) bytes[at] = at % 4 === 3 ? 0x3c + pick(2) : at % 2 === 0 ? 0 : pick(256);
    else if (nature === 5) bytes[at] = pick(50) === 0 ? pick(256) : 0;
    else bytes[at] = Math.round(128 + 20 * (pick(7) - 3)) & 255;
  }
  return bytes;
}

/** The bytes with some of them changed. */
export function nearBytes(pick: Pick, bytes: Uint8Array): Uint8Array {
  const near = bytes.slice();
  const every = 1 + pick(40);
  for (let at = pick(every); at < near.length; at += 1 + pick(every)) {
    near[at] = ((near[at] ?? 0) + pick(5) - 2) & 255;
  }
  return near;
}

/** Content of a kind, mostly whole elements, with a base that is often near or of another kind. */
export function someFragment(
  seed: number,
  from: readonly (ValueKind | undefined)[] = [...kinds, undefined],
  whole = false,
): { readonly content: Content; readonly bases: readonly Base[] } {
  const pick = picker(seed);
  const kind = from[pick(from.length)];
  const bytes = someBytes(pick, someLength(pick, kind, whole));
  const content = { bytes, kind };
  if (kind === undefined) return { content, bases: [] };
  const layout = layoutOf(kind);
  const other = pick(3) === 0 ? (kinds[pick(kinds.length)] ?? kind) : kind;
  if (other === kind) return { content, bases: [{ kind, bytes: nearBytes(pick, bytes) }] };
  const { elements: per, bytes: size } = layoutOf(other);
  const elements = Math.floor(bytes.length / layout.bytes) * layout.elements;
  return {
    content,
    bases: [{ kind: other, bytes: someBytes(pick, Math.floor(elements / per) * size) }],
  };
}

/** Seeded weights, a fine-tune of them, and weights of another model, rounded to a kind. */
export function madePair(
  kernels: Kernels,
  kind: ValueKind,
  count: number,
  relative: number,
  seed = 1,
): { readonly tuned: Uint8Array; readonly base: Uint8Array } {
  const next = normal(seed);
  const weights = Float32Array.from({ length: count }, () => 0.02 * next());
  const base = floats(kernels, kind, weights);
  const tuned = singles(kernels, kind, base).map((value) => value + 0.02 * relative * next());
  return { base, tuned: floats(kernels, kind, tuned) };
}
