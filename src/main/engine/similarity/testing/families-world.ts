import { createHash } from 'node:crypto';
import type { ModelId } from '../../../../shared/base';
import {
  defaultThresholds,
  type FormatName,
  type MetadataValue,
  type ModelFacts,
} from '../../../../shared/domain';
import type { Signature } from '../../kernels/signature';
import { valueKinds } from '../../kernels/values';
import type { SampleDtype } from '../../samples/dtypes';
import { castLikely, estimatePair } from '../estimate-pair';
import type { FamilyInput, FamilyModel } from '../families-input';
import { entryOf, SimilarityIndex } from '../index';
import type { PairRelation, Pairs, Signatures } from '../types';
import type { MadeTensor } from './made-models';
import { signedBytes, storedBytes } from './made-signatures';

/** A model as a test describes it. */
export interface WorldModel {
  readonly name: string;
  readonly folder?: string;
  readonly format?: FormatName;
  readonly facts?: ModelFacts;
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
  readonly tensors: readonly MadeTensor[];
  /** Bytes outside of tensors, in fragments told apart by their text; 1000 bytes each. */
  readonly fragments?: readonly string[];
}

export const FRAGMENT_BYTES = 1000;

/** Floor and number of candidates, as the engine asks for them. */
const FLOOR = 0.7;
const CANDIDATES = 32;

export const idOf = (name: string): ModelId =>
  createHash('sha256').update(name).digest('hex').slice(0, 16) as ModelId;

/** Families' input made of arrays, by real signatures and the real index; ids are of the names. */
export function worldOf(models: readonly WorldModel[]): FamilyInput {
  const digests = new Map<string, number>();
  const signatures: Signature[] = [];
  const numbers = new Map<string, number>();
  const index = new SimilarityIndex();
  const numberOf = (text: string): number => {
    const known = digests.get(text) ?? digests.size;
    digests.set(text, known);
    return known;
  };
  const content = new Map<ModelId, Map<number, number>>();
  const entries = models.map((model): FamilyModel => {
    const pieces = new Map<number, number>();
    const tensors = model.tensors.map(({ name, dtype, shape, values }) => {
      const bytes = storedBytes(values, dtype);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const rows = shape.find((size) => size > 1) ?? 1;
      const key = `${hash}:${dtype}:${rows}`;
      if (!numbers.has(key)) {
        const signature = signedBytes(bytes, kindOf(dtype), values.length, rows);
        numbers.set(key, signatures.length);
        index.add(signatures.length, entryOf(signature));
        signatures.push(signature);
      }
      const digest = numberOf(hash);
      pieces.set(digest, bytes.length);
      const signed = numbers.get(key) ?? -1;
      return {
        name,
        dtype,
        shape,
        byteLength: bytes.length,
        elements: values.length,
        digest,
        signed,
      };
    });
    for (const fragment of model.fragments ?? [])
      pieces.set(numberOf(`fragment ${fragment}`), FRAGMENT_BYTES);
    const id = idOf(`${model.folder ?? ''}/${model.name}`);
    content.set(id, pieces);
    return {
      model: { id, name: model.name, tensors },
      logicalBytes:
        tensors.reduce((sum, { byteLength }) => sum + byteLength, 0) +
        FRAGMENT_BYTES * (model.fragments?.length ?? 0),
      format: model.format ?? 'safetensors',
      folder: model.folder ?? '/models',
      facts: model.facts ?? {},
      metadata: model.metadata ?? {},
    };
  });
  const store: Signatures = { size: signatures.length, get: (number) => signatures[number] };
  return {
    models: entries,
    pending: [],
    thresholds: defaultThresholds,
    pairs: estimatedPairs(store),
    signatures: store,
    partners: (id) => partnersOf(id, content),
    candidates: (signed) => index.candidates(signed, FLOOR, CANDIDATES).map((one) => one.id),
  };
}

const kindOf = (dtype: SampleDtype) => valueKinds[dtype];

function partnersOf(id: ModelId, content: ReadonlyMap<ModelId, ReadonlyMap<number, number>>) {
  const own = content.get(id) ?? new Map<number, number>();
  return [...content].flatMap(([other, pieces]) => {
    let sharedBytes = 0;
    for (const [piece, bytes] of pieces) if (own.has(piece)) sharedBytes += bytes;
    return other === id || sharedBytes === 0 ? [] : [{ id: other, sharedBytes }];
  });
}

/** Pairs as the engine knows them before anything was measured. */
export function estimatedPairs(store: Signatures): Pairs {
  return {
    relate: (tensor, base): PairRelation | undefined => {
      const [a, b] = [store.get(tensor), store.get(base)];
      if (a === undefined || b === undefined || a.elements !== b.elements) return undefined;
      return { metrics: estimatePair(a, b), cast: castLikely(a, b), transposed: false };
    },
  };
}
