import { MAX_CONTENT_BYTES, placed } from './memory';
import { decodeRans, encodeWay } from './rans';
import { ransMemory } from './rans-memory';
import { floatLayoutOf, type Model } from './rans-model';
import { divisors } from './rans-scales';
import { bestWay, type Subject, type Way, wordsOf } from './rans-weigh';
import { type Codec, codecIds } from './types';

/**
 * Floats of 16 and 32 bits alone: exponent and highest bits of the mantissa as tokens that rANS
 * codes, or, where rows are alike, differences from the element above: see rans.ts.
 */
export const planesRans: Codec = {
  id: codecIds.planesRans,
  name: 'planesRans',
  bases: 0,
  encode: ({ bytes, kind }, _bases, limit, _effort, tools) => {
    const layout = floatLayoutOf(kind);
    if (layout === undefined || bytes.length > MAX_CONTENT_BYTES) return undefined;
    const count = bytes.length / layout.width;
    if (count < 8 || !Number.isInteger(count)) return undefined;
    const { kernels } = tools;
    const subject = { kernels, memory: ransMemory(kernels), layout, count };
    const above = aboveOf(subject, bytes);
    const differing = above === undefined ? undefined : differenceWay(subject, bytes, above);
    const alone = aloneWay(subject, bytes);
    const most = Math.min(limit, bytes.length);
    if (above === undefined || differing === undefined || alone.bits <= differing.bits) {
      return encodeWay(subject, alone, most, tools);
    }
    placeDifferences(subject, bytes, above);
    return encodeWay(subject, differing, most, tools);
  },
  decode: (data, length, kind, _bases, tools) =>
    decodeRans('planesRans', data, length, kind, false, tools),
};

function aloneWay(subject: Subject, bytes: Uint8Array): Way {
  const { kernels, memory, layout, count } = subject;
  placed(memory.elements, bytes);
  const model = magnitudesOf(subject);
  kernels.exports.magnitudeTokens(
    layout.width,
    memory.elements.byteOffset,
    count,
    model.drop,
    model.origin,
    memory.tokens.byteOffset,
  );
  return bestWay(subject, model);
}

/** Part of the elements that may lie below what tokens reach to. */
const BELOW = 0.001;
/** Tokens that tops have: all but the two lowest. */
const TOPS = 254;

/** Tokens that tell two bits of the mantissa, if few enough exponents occur. */
function magnitudesOf({ memory, layout, count }: Subject): Extract<Model, { kind: 'alone' }> {
  const { shift, mask } = layout;
  const exponents = new Uint32Array(256);
  const words = wordsOf(memory.elements, layout.width);
  for (let at = 0; at < count; at++) {
    const exponent = ((words[at] as number) >>> shift) & mask;
    exponents[exponent] = (exponents[exponent] as number) + 1;
  }
  const highest = exponents.findLastIndex((each) => each > 0);
  const reaching = (bits: number): Extract<Model, { kind: 'alone' }> => ({
    kind: 'alone',
    drop: shift - bits,
    origin: Math.max(-TOPS, (highest + 1) * 2 ** bits - 1 - TOPS),
  });
  for (let bits = 2; bits > 0; bits--) {
    const lowest = highest + 1 - TOPS / 2 ** bits;
    const below = exponents.reduce(
      (sum, each, exponent) => (exponent > 0 && exponent < lowest ? sum + each : sum),
      0,
    );
    if (below <= BELOW * count) return reaching(bits);
  }
  return reaching(0);
}

function differenceWay(subject: Subject, bytes: Uint8Array, above: number): Way {
  placeDifferences(subject, bytes, above);
  return bestWay(subject, { kind: 'difference', signs: 1, above });
}

function placeDifferences(
  { kernels, memory, layout, count }: Subject,
  bytes: Uint8Array,
  above: number,
): void {
  const { elements, base, tokens } = memory;
  const distance = above * layout.width;
  base.fill(0, 0, distance);
  base.set(bytes.subarray(0, bytes.length - distance), distance);
  placed(elements, bytes);
  kernels.exports.differenceTokens(
    layout.width,
    elements.byteOffset,
    base.byteOffset,
    count,
    tokens.byteOffset,
  );
}

/** Elements of which a distance is judged by. */
const JUDGED = 1024;
/** Bits that differences from the best distance must save an element, beside those of any two. */
const SAVED_BITS = 1.5;

/**
 * The distance of the elements that are most alike, of the divisors of the count; undefined where
 * none are more alike than elements at random.
 */
function aboveOf({ layout, count, memory }: Subject, bytes: Uint8Array): number | undefined {
  const words = wordsOf(placed(memory.elements, bytes), layout.width);
  let best: number | undefined;
  let fewest = bitsApart(words, layout.width, randomly) - SAVED_BITS;
  for (const distance of divisors(count)) {
    if (distance > count / 4) break;
    const bits = bitsApart(words, layout.width, (at) => (at < distance ? at : at - distance));
    if (bits >= fewest) continue;
    best = distance;
    fewest = bits;
  }
  return best;
}

/** Some other element, the same one for every call. */
function randomly(at: number, count: number): number {
  return (at * 7919 + 104_729) % count;
}

/** Bits of the differences between elements and those that `other` names, on average. */
function bitsApart(
  words: Uint16Array | Uint32Array,
  width: 2 | 4,
  other: (at: number, count: number) => number,
): number {
  const step = Math.max(1, Math.floor(words.length / JUDGED));
  let bits = 0;
  let judged = 0;
  for (let at = 0; at < words.length; at += step, judged++) {
    const x = ordered(words[at] as number, width);
    const y = ordered(words[other(at, words.length)] as number, width);
    bits += Math.log2(Math.abs(x - y) + 1);
  }
  return bits / Math.max(1, judged);
}

function ordered(bits: number, width: 2 | 4): number {
  const half = 2 ** (8 * width - 1);
  return bits < half ? bits : -(bits - half) - 1;
}
