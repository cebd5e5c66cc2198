import { clipMiddle, compareNatural, type ModelId, type TensorHash } from '../../../shared/base';
import {
  type FragmentType,
  fragmentTypes,
  type TensorDetail,
  type TensorRow,
  type TensorSharer,
  type TypeShare,
} from '../../../shared/domain';
import type { TensorPage } from '../../../shared/ipc';
import { fragmentTypesOf } from '../fragments/type';
import { NO_BYTES, NOT_HASHED } from '../jobs/work';
import type { Model, ModelTensor } from '../model/model';
import type { TensorQuery } from '../protocol';
import type { PieceStore } from '../sharing/pieces';
import type { SharingIndex } from '../sharing/sharing';
import { filterNames } from './name-filter';
import { parseShapeFilter } from './shape-filter';
import { isBelow } from './tree';

const SHARERS_LISTED = 200;
/** Names in lists are clipped: a page of names of a megabyte each would stall the window. */
const ROW_NAME_CHARACTERS = 1000;
const EMPTY_HASH = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262' as TensorHash;

export interface TensorContext {
  readonly sharing: SharingIndex;
  readonly pieces: PieceStore;
}

/** A model's types; told once, since names never change. */
interface ModelTypes {
  readonly byTensor: readonly FragmentType[];
  readonly shares: readonly TypeShare[];
}

const modelTypes = new WeakMap<Model, ModelTypes>();

function typesOf(model: Model): ModelTypes {
  const known = modelTypes.get(model);
  if (known !== undefined) return known;
  const byTensor = fragmentTypesOf(model.tensors);
  const types = { byTensor, shares: typeShares(model, byTensor) };
  modelTypes.set(model, types);
  return types;
}

/** Most bytes first; equal ones in the order of `fragmentTypes`. Types without a tensor are left out. */
function typeShares(model: Model, byTensor: readonly FragmentType[]): TypeShare[] {
  const totals = new Map(fragmentTypes.map((type) => [type, { type, tensors: 0, bytes: 0 }]));
  model.tensors.forEach((tensor, index) => {
    const total = totals.get(byTensor[index] ?? 'generic');
    if (total === undefined) return;
    total.tensors += 1;
    total.bytes += tensor.byteLength;
  });
  return [...totals.values()]
    .filter((share) => share.tensors > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

interface Selection {
  readonly key: string;
  readonly indexes: readonly number[];
  readonly totalBytes: number;
}

/** Answers pages of one model's tensors; keeps each model's last selection, so paging is cheap. */
export class TensorQueries {
  readonly #selections = new WeakMap<Model, Selection>();

  constructor(private readonly context: TensorContext) {}

  page(model: Model, query: TensorQuery): TensorPage {
    const { indexes, totalBytes } = this.#select(model, query);
    const shown = indexes.slice(query.offset, query.offset + query.limit);
    return {
      total: indexes.length,
      totalBytes,
      dtypes: [...new Set(model.tensors.map((tensor) => tensor.dtype))].sort(),
      types: typesOf(model).shares,
      rows: shown.map((index) => tensorRow(model, index, this.context)),
    };
  }

  #select(model: Model, query: TensorQuery): Selection {
    const shared = query.sort.key === 'shared' ? this.context.sharing.has(model.id) : null;
    const key = JSON.stringify([query.filter, query.sort, shared]);
    const last = this.#selections.get(model);
    if (last?.key === key && query.sort.key !== 'shared') return last;
    const indexes = sortIndexes(model, filterIndexes(model, query), query, this.context);
    const totalBytes = indexes.reduce(
      (sum, index) => sum + (model.tensors[index] as ModelTensor).byteLength,
      0,
    );
    const selection = { key, indexes, totalBytes };
    this.#selections.set(model, selection);
    return selection;
  }
}

function filterIndexes(model: Model, { filter }: TensorQuery): number[] {
  const shapeTest = parseShapeFilter(filter.shape);
  const dtypes = new Set(filter.dtypes);
  const types = new Set(filter.types);
  const { byTensor } = typesOf(model);
  const named =
    filter.text === ''
      ? model.tensors.map((_, index) => index)
      : filterNames(
          model.tensors.map((tensor) => tensor.name),
          filter.text,
          filter.regex,
        );
  return named.filter((index) => {
    const tensor = model.tensors[index] as ModelTensor;
    return (
      (dtypes.size === 0 || dtypes.has(tensor.dtype)) &&
      (types.size === 0 || types.has(byTensor[index] ?? 'generic')) &&
      shapeTest(tensor.shape) &&
      isBelow(tensor.name, filter.prefix)
    );
  });
}

function sortIndexes(
  model: Model,
  indexes: number[],
  { sort }: TensorQuery,
  context: TensorContext,
): number[] {
  const sign = sort.direction === 'ascending' ? 1 : -1;
  const at = (index: number): ModelTensor => model.tensors[index] as ModelTensor;
  const { byTensor } = typesOf(model);
  const typeRank = (index: number) => fragmentTypes.indexOf(byTensor[index] ?? 'generic');
  const byKey = {
    file: (a: number, b: number) => a - b,
    name: (a: number, b: number) => compareNatural(at(a).name, at(b).name),
    dtype: (a: number, b: number) => compareNatural(at(a).dtype, at(b).dtype),
    shape: (a: number, b: number) => compareShapes(at(a).shape, at(b).shape),
    type: (a: number, b: number) => typeRank(a) - typeRank(b),
    size: (a: number, b: number) => at(a).byteLength - at(b).byteLength,
    shared: (a: number, b: number) =>
      (sharedBy(model.id, a, context) ?? -1) - (sharedBy(model.id, b, context) ?? -1),
  }[sort.key];
  return indexes.sort((a, b) => sign * byKey(a, b) || a - b);
}

function compareShapes(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function sharedBy(id: ModelId, index: number, { sharing }: TensorContext): number | undefined {
  const digest = sharing.model(id)?.tensors[index];
  if (digest === undefined || digest === NOT_HASHED) return undefined;
  return digest === NO_BYTES ? 0 : sharing.tensorModels(digest) - 1;
}

export function tensorRow(model: Model, index: number, context: TensorContext): TensorRow {
  const { name, dtype, shape, byteLength } = model.tensors[index] as ModelTensor;
  const digest = context.sharing.model(model.id)?.tensors[index];
  return {
    index,
    name: clipMiddle(name, ROW_NAME_CHARACTERS),
    dtype,
    shape,
    byteLength,
    type: typesOf(model).byTensor[index] ?? 'generic',
    ...(digest === undefined || digest === NOT_HASHED
      ? {}
      : {
          hash: digest === NO_BYTES ? EMPTY_HASH : (context.pieces.hex(digest) as TensorHash),
          sharedBy: sharedBy(model.id, index, context) ?? 0,
        }),
  };
}

/** `models`: every open model, to find who else holds the same bytes. */
export function tensorDetail(
  model: Model,
  index: number,
  models: readonly Model[],
  context: TensorContext,
): TensorDetail {
  const tensor = model.tensors[index] as ModelTensor;
  const digest = context.sharing.model(model.id)?.tensors[index];
  const { sharers, count } = findSharers(model, index, models, context);
  return {
    ...tensorRow(model, index, context),
    name: tensor.name,
    file: model.files[tensor.file]?.path ?? '',
    offset: tensor.offset,
    elements: tensor.shape.reduce((product, size) => product * size, 1),
    ...(digest === undefined || digest === NOT_HASHED
      ? {}
      : { fragments: digest === NO_BYTES ? 0 : context.pieces.fragmentCount(digest) }),
    sharers,
    sharerCount: count,
  };
}

function findSharers(
  model: Model,
  index: number,
  models: readonly Model[],
  { sharing }: TensorContext,
): { sharers: TensorSharer[]; count: number } {
  const digest = sharing.model(model.id)?.tensors[index];
  const sharers: TensorSharer[] = [];
  let count = 0;
  if (digest === undefined || digest < 0) return { sharers, count };
  for (const other of models) {
    const digests = sharing.model(other.id)?.tensors ?? new Int32Array();
    for (let at = digests.indexOf(digest); at >= 0; at = digests.indexOf(digest, at + 1)) {
      if (other.id === model.id && at === index) continue;
      count += 1;
      const tensor = other.tensors[at];
      if (sharers.length >= SHARERS_LISTED || tensor === undefined) continue;
      sharers.push({
        modelId: other.id,
        modelName: other.name,
        tensorIndex: at,
        tensorName: clipMiddle(tensor.name, ROW_NAME_CHARACTERS),
        sameName: tensor.name === model.tensors[index]?.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
      });
    }
  }
  return { sharers, count };
}
