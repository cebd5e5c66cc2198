import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { floats, singles } from '../src/main/engine/codecs/testing/made';
import { quantisedQ4, quantisedQ8 } from '../src/main/engine/codecs/testing/quantise';
import type { Base, Content } from '../src/main/engine/codecs/types';
import { fragmentLengths, rowBytesOf } from '../src/main/engine/fragments/cut';
import type { Kernels } from '../src/main/engine/kernels/kernels';
import { targetsOf } from '../src/main/engine/kernels/testing/shared-data';
import { type ValueKind, valueKinds } from '../src/main/engine/kernels/values';
import { keyOf, normals } from '../src/main/engine/samples/random';

/** A fragment as a library would store it. */
export interface Piece {
  readonly content: Content;
  readonly base: Base | undefined;
}

export interface Corpus {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly bytes: number;
}

/** Elements of each made corpus. */
const ELEMENTS = 2_097_152;
const DEVIATION = 0.02;

/** Made models, seeded, tails slightly heavier than normal ones (see samples/random.ts). */
export function madeCorpora(kernels: Kernels): Corpus[] {
  const { BF16, F16, F32, Q8_0, Q4_0 } = valueKinds;
  const tuned = (kind: ValueKind, relative: number): readonly [Uint8Array, Uint8Array] => {
    const base = floats(kernels, kind, weights('base'));
    const change = weights('change');
    const values = singles(kernels, kind, base);
    values.forEach((value, at) => {
      values[at] = value + relative * (change[at] ?? 0);
    });
    return [floats(kernels, kind, values), base];
  };
  const pair = (name: string, kind: ValueKind, relative: number): Corpus =>
    corpus(`${name} fine-tune, ${relative}`, kind, ...tuned(kind, relative));
  const quantised = (name: string, kind: ValueKind, by: typeof quantisedQ8): Corpus => {
    const [one, other] = tuned(BF16, 0.01).map((bytes) => by(singles(kernels, BF16, bytes)));
    return corpus(`${name} of a fine-tune, 0.01`, kind, one ?? new Uint8Array(0), other);
  };
  const bf16 = floats(kernels, BF16, weights('base'));
  const wide = floats(kernels, F32, singles(kernels, BF16, bf16));
  return [
    ...[3e-4, 1e-3, 1e-2, 1e-1].map((relative) => pair('BF16', BF16, relative)),
    corpus('BF16 unrelated', BF16, floats(kernels, BF16, weights('another')), bf16),
    corpus('BF16 alone', BF16, bf16, undefined),
    pair('F16', F16, 1e-2),
    corpus('F16 alone', F16, floats(kernels, F16, weights('base')), undefined),
    pair('F32', F32, 1e-2),
    corpus('F32 alone', F32, floats(kernels, F32, weights('base')), undefined),
    corpus('F32 of BF16 values, alone', F32, wide, undefined),
    quantised('Q8_0', Q8_0, quantisedQ8),
    quantised('Q4_0', Q4_0, quantisedQ4),
  ];
}

function weights(name: string): Float32Array {
  const values = normals(keyOf(5, 'codecs', name), ELEMENTS);
  return values.map((value) => DEVIATION * value);
}

function corpus(
  name: string,
  kind: ValueKind,
  bytes: Uint8Array,
  base: Uint8Array | undefined,
): Corpus {
  return corpusOf(name, cut(kind, bytes, base, 1));
}

function corpusOf(name: string, pieces: readonly Piece[]): Corpus {
  return {
    name,
    pieces,
    bytes: pieces.reduce((sum, { content }) => sum + content.bytes.length, 0),
  };
}

/** Fragments of a tensor, each with the base's fragment of the same place. */
function cut(
  kind: ValueKind,
  bytes: Uint8Array,
  base: Uint8Array | undefined,
  rowBytes: number,
): Piece[] {
  // Whole blocks of every kind: 32 rows of a block are no multiple of 1 MiB.
  const unit = kind >= valueKinds.Q4_0 ? 1_044_378 : undefined;
  const lengths =
    unit === undefined ? fragmentLengths(bytes.length, rowBytes) : evenly(bytes, unit);
  let end = 0;
  return lengths.map((length) => {
    end += length;
    const at = (all: Uint8Array): Uint8Array => all.subarray(end - length, end);
    return {
      content: { bytes: at(bytes), kind },
      base: base === undefined ? undefined : { bytes: at(base), kind },
    };
  });
}

/** Pieces of `unit` bytes, a multiple of the blocks of Q4_0 and Q8_0. */
function evenly(bytes: Uint8Array, unit: number): number[] {
  const whole = Math.floor(bytes.length / unit);
  const rest = bytes.length - whole * unit;
  return [...Array.from({ length: whole }, () => unit), ...(rest > 0 ? [rest] : [])];
}

/** File name of a model, and of its base, by what they begin with, below ../shared/data. */
const realPairs: readonly (readonly [name: string, folder: string, model: string, base: string])[] =
  [
    ['F32 epochs 480 → 499', 'ultralight_rfb_epochs', 'RFB-Epoch-499', 'RFB-Epoch-480'],
    ['F32 epochs 0 → 499', 'ultralight_rfb_epochs', 'RFB-Epoch-499', 'RFB-Epoch-0-'],
    ['F32 LoRA steps 8000 → 8610', 'roberta_lora_ptbr', 'checkpoint-8610', 'checkpoint-8000'],
    ['F32 LoRA steps 1000 → 8000', 'roberta_lora_ptbr', 'checkpoint-8000', 'checkpoint-1000'],
    ['F32 voices bella → nicole', 'kokoro_voices_us', 'af_v0nicole', 'af_v0bella'],
  ];

/** Tensors of real pairs, equal ones left out as a library would; empty where they are not there. */
export function realCorpora(root: string): Corpus[] {
  const data = join(root, '../shared/data');
  if (!existsSync(data)) return [];
  return realPairs.map(([name, folder, model, base]) => {
    const names = readdirSync(join(data, folder));
    const path = (begin: string): string =>
      join(data, folder, names.find((each) => each.startsWith(begin)) ?? begin);
    return corpusOf(name, realPieces(path(model), path(base)));
  });
}

function realPieces(model: string, base: string): Piece[] {
  const [bytes, from] = [new Uint8Array(readFileSync(model)), new Uint8Array(readFileSync(base))];
  const bases = new Map(targetsOf(base).map((target) => [target.name, target]));
  return targetsOf(model).flatMap(({ name, offset, length, kind, rows }) => {
    const other = bases.get(name);
    if (other?.kind !== kind || other.length !== length) return [];
    const content = bytes.subarray(offset, offset + length);
    const expected = from.subarray(other.offset, other.offset + length);
    if (Buffer.compare(content, expected) === 0) return [];
    return cut(kind, content, expected, rowBytesOf([rows, 1], length));
  });
}
