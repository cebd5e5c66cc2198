import type { ModelId } from '../../../../shared/base';
import type { Dtype } from '../../../../shared/domain';
import { keyOf, normals } from '../../samples/random';
import type { AlignOptions } from '../align';
import type { PairRelation, Pairs, SimilarModel, SimilarTensor } from '../types';

/** A tensor by its values; bytes are told apart by dtype and values. */
export interface Written {
  readonly name: string;
  readonly values: Float32Array;
  readonly shape?: readonly number[];
  readonly dtype?: Dtype;
  /** Values are not known, as of a type that no kernel reads. */
  readonly unsigned?: boolean;
}

const bytesOf: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1 };

/** Models in memory whose pairs are related by all of their values. */
export interface Workshop {
  model(name: string, tensors: readonly Written[]): SimilarModel;
  readonly pairs: Pairs;
  readonly options: AlignOptions;
  /** How often each was asked. */
  readonly asked: { relate: number; candidates: number };
}

interface Known {
  readonly values: Float32Array;
  readonly dtype: Dtype;
}

/** `verified`: what every relation claims to be. */
export function workshop(verified = true, similar = 0.9): Workshop {
  const digests = new Map<string, number>();
  const signatures = new Map<string, number>();
  const known: Known[] = [];
  const asked = { relate: 0, candidates: 0 };
  const relate = (tensor: number, base: number): PairRelation | undefined => {
    asked.relate += 1;
    const [one, other] = [known[tensor], known[base]];
    if (one === undefined || other === undefined) return undefined;
    return one.values.length === other.values.length ? related(one, other, verified) : undefined;
  };
  return {
    asked,
    pairs: { relate },
    options: {
      similar,
      candidates: (signed) => {
        asked.candidates += 1;
        const scores = known.map((_, at) => relate(at, signed)?.metrics.score ?? -1);
        const near = [...known.keys()].filter((at) => (scores[at] ?? -1) >= similar);
        return near.sort((x, y) => (scores[y] ?? 0) - (scores[x] ?? 0)).slice(0, 16);
      },
    },
    model: (name, tensors) => ({
      id: name as ModelId,
      name,
      tensors: tensors.map((written) => tensorOf(written, digests, signatures, known)),
    }),
  };
}

function tensorOf(
  { name, values, shape = [values.length], dtype = 'F32', unsigned = false }: Written,
  digests: Map<string, number>,
  signatures: Map<string, number>,
  known: Known[],
): SimilarTensor {
  const content = `${dtype}:${values.join()}`;
  const digest = values.length === 0 ? -1 : numberOf(digests, content);
  const before = signatures.size;
  const signed =
    unsigned || values.length === 0 ? -1 : numberOf(signatures, `${content}:${shape.join('x')}`);
  if (signatures.size > before) known.push({ values, dtype });
  const byteLength = values.length * (bytesOf[dtype] ?? 4);
  return { name, dtype, shape, byteLength, elements: values.length, digest, signed };
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}

/** Lin's concordance correlation and the rest, from all values. */
function related(a: Known, base: Known, verified: boolean): PairRelation {
  const count = a.values.length;
  let [sumA, sumB, squaresA, squaresB, products, difference, most] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [a.values[i] ?? 0, base.values[i] ?? 0];
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
    difference += (x - y) ** 2;
    most = Math.max(most, Math.abs(x - y));
  }
  const spread = squaresA + squaresB - (sumA ** 2 + sumB ** 2) / count;
  const shift = count * ((sumA - sumB) / count) ** 2;
  const equal = difference === 0;
  const score = equal ? 1 : (2 * (products - (sumA * sumB) / count)) / (spread + shift);
  const relativeL2 = Math.sqrt(difference / squaresB);
  const elementBits = (bytesOf[a.dtype] ?? 4) * 8;
  const differingBits = equal ? 0 : elementBits * Math.min(0.5, 0.1 + relativeL2 / 4);
  const deltaBytes = Math.round((count * elementBits * Math.min(1, 2 * relativeL2)) / 8);
  const cosine = products / Math.sqrt(squaresA * squaresB);
  const metrics = { score, cosine, relativeL2, differingBits, elementBits, deltaBytes, verified };
  return { metrics: { ...metrics, maxDifference: most }, cast: equal, transposed: false };
}

/** Seeded values of their own; unrelated to those of any other seed. */
export const noise = (seed: number, count = 256): Float32Array =>
  Float32Array.from(normals(keyOf(seed, 'compare'), count));

/** The values, changed by `relative` of their size. */
export function tuned(values: Float32Array, relative: number, seed = 1): Float32Array {
  const change = noise(seed + 1000, values.length);
  return values.map((value, at) => value + relative * (change[at] ?? 0));
}
