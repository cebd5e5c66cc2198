import type { Kernels } from '../src/main/engine/kernels/kernels';
import { referenceChunkLengths } from '../src/main/engine/kernels/reference/cdc';
import { referenceSimhash, referenceStatistics } from '../src/main/engine/kernels/reference/sketch';
import { valueKinds } from '../src/main/engine/kernels/values';
import {
  bytesOf,
  madeWeights,
  type Pair,
  PLAIN,
  PLAIN_HALVES,
  PLAIN_WORDS,
  placesOf,
  UNIT_BYTES,
} from './kernels-pairs';
import * as plain from './kernels-plain';

/** Of bytes, whatever they are. */
export function bytePairs(kernels: Kernels): Pair[] {
  const { exports } = kernels;
  const { a, b, to } = placesOf(kernels);
  const { tuned, base } = madeWeights(4);
  const [x, y] = [Int32Array.from(tuned), Int32Array.from(base)];
  const weights = { a: bytesOf(x), b: bytesOf(y) };
  const zeros = { a: new Uint8Array(UNIT_BYTES), b: weights.b };
  return [
    {
      name: 'xor',
      input: weights,
      kernel: () => exports.xorBytes(a, b, UNIT_BYTES, to),
      plain: () => plain.plainXor(x, y, PLAIN_WORDS),
    },
    {
      name: 'bits that differ',
      input: weights,
      kernel: () => exports.differingBits(a, b, UNIT_BYTES),
      plain: () => plain.plainDifferingBits(x, y),
    },
    {
      name: 'pattern, all zero',
      input: zeros,
      kernel: () => exports.patternOf(a, UNIT_BYTES),
      plain: () => plain.plainPattern(zeros.a),
    },
    {
      name: 'leading zeros, all zero',
      input: zeros,
      kernel: () => exports.leadingZeros(a, UNIT_BYTES),
      plain: () => plain.plainLeadingZeros(zeros.a),
    },
    {
      name: 'longest run of zeros, weights',
      input: weights,
      kernel: () => exports.longestZeroRun(a, UNIT_BYTES),
      plain: () => plain.plainLongestZeroRun(weights.a),
    },
  ];
}

/** Speeds are of the wider side. */
export function castPairs(kernels: Kernels): Pair[] {
  const { exports } = kernels;
  const { a, to } = placesOf(kernels);
  const [wide, narrow] = [madeWeights(4).tuned, madeWeights(2).tuned];
  const count = UNIT_BYTES / 4;
  const [words, halves] = [Int32Array.from(wide), Int16Array.from(narrow).subarray(0, count)];
  const none = new Uint8Array();
  return [
    {
      name: 'values of BF16',
      input: { a: bytesOf(halves), b: none },
      kernel: () => exports.decodeValues(valueKinds.BF16, a, count, to),
      plain: () => plain.plainBrainValues(halves, PLAIN_WORDS),
    },
    {
      name: 'F32 rounded to BF16',
      input: { a: bytesOf(words), b: none },
      kernel: () => void exports.encodeSingles(valueKinds.BF16, a, count, to),
      plain: () => plain.plainBrainHalves(words, PLAIN_HALVES.subarray(0, count)),
    },
  ];
}

/** Fields of Q8_0 blocks, and the differences of two's nibbles. */
export function blockPairs(kernels: Kernels): Pair[] {
  const { exports } = kernels;
  const { a, b, to } = placesOf(kernels);
  const { tuned, base } = madeWeights(2);
  const input = { a: bytesOf(tuned), b: bytesOf(base) };
  const blocks = Math.floor(UNIT_BYTES / 34);
  return [
    {
      name: 'quants out of Q8_0 blocks',
      bytes: blocks * 34,
      input,
      kernel: () => exports.gatherField(a + 2, 34, 32, blocks, to),
      plain: () => plain.plainGatherField(input.a, 2, 34, 32, blocks, PLAIN),
    },
    {
      name: 'differences of nibbles',
      input,
      kernel: () => exports.subtractLanes(a, b, UNIT_BYTES, 0x88, to),
      plain: () => plain.plainSubtractLanes(input.a, input.b, 0x88, PLAIN),
    },
  ];
}

/** Chunking and sketching: the plain side is the tests' reference, which is not written for speed. */
export function referencePairs(kernels: Kernels): Pair[] {
  const { exports, chunker, buffer } = kernels;
  const { a, to } = placesOf(kernels);
  const input = { a: bytesOf(madeWeights(4).tuned), b: new Uint8Array() };
  const sample = 4096;
  const bits = new Uint32Array(input.a.buffer, 0, sample);
  const simHash = new Uint32Array(buffer.buffer, to + 40, 1);
  return [
    {
      name: 'chunking (reference)',
      input,
      kernel: () => {
        let chunks = 0;
        chunker.reset();
        for (let at = 0; at < UNIT_BYTES; chunks++) {
          at += chunker.next(buffer.subarray(at, UNIT_BYTES)) || UNIT_BYTES;
        }
        return chunks;
      },
      plain: () => referenceChunkLengths(input.a).length,
    },
    {
      name: 'sketch of a sample (reference)',
      bytes: sample * 4,
      input,
      kernel: () => {
        exports.sketchValues(a, sample, to);
        return simHash[0];
      },
      plain: () => {
        referenceStatistics(bits);
        return referenceSimhash(bits)[0];
      },
    },
  ];
}
