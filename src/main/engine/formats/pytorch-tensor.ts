import type { Dtype } from '../../../shared/domain';
import { elementCount, MAX_RANK } from './dtypes';
import { FormatError } from './errors';
import { type ElementType, storageTypes, torchDtypes } from './pickle-globals';
import { isKind } from './pickle-machine';
import {
  describeValue,
  type PickleObject,
  type PicklePersistent,
  type PickleValue,
} from './pickle-value';
import { quote } from './text';

/** A storage as a pickle refers to it; sizes in elements of `type`. */
export interface StorageRef {
  readonly key: string;
  readonly type: ElementType;
  readonly elements: number;
  /** The part of the storage that this reference means (legacy views); the whole, otherwise. */
  readonly viewOffset: number;
  readonly viewElements: number;
  /** Of the opcode, in the file. */
  readonly at: number;
}

/** A tensor as a pickle rebuilds it: a strided view of a storage; checked to lie inside it. */
export interface PytorchTensor {
  readonly storage: StorageRef;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the start of the storage, in bytes. */
  readonly offset: number;
  /** From the first element to the end of the last one, in bytes. */
  readonly byteLength: number;
  /** Elements in row-major order without holes. */
  readonly contiguous: boolean;
  readonly elementBytes: number;
}

const UNTYPED: ElementType = { dtype: 'U8', bytes: 1 };
const MAX_KEY = 256;
/** Most wrappers (parameters, subclasses) around a tensor. */
const MAX_WRAPPERS = 16;

/** The storage that a persistent reference names. Throws FormatError. */
export function storageOf(path: string, reference: PicklePersistent): StorageRef {
  const refuse = (expected: string, found: string): never => {
    throw new FormatError(path, reference.at, expected, found);
  };
  const parts = isKind(reference.id, 'tuple') ? reference.id.items : [];
  const [tag, type, key, , count, view = null] = parts;
  if (tag !== 'storage' || parts.length < 5 || parts.length > 6) {
    return refuse('a reference to a storage', `${describeValue(reference.id)}`);
  }
  if (typeof key !== 'string' || key === '' || key.length > MAX_KEY) {
    return refuse('the key of a storage', describeValue(key));
  }
  const element = storageElement(type);
  if (element === undefined) return refuse('the type of a storage', describeValue(type));
  const elements = count === undefined ? undefined : naturalOf(count);
  if (elements === undefined || !Number.isSafeInteger(elements * element.bytes)) {
    return refuse('the number of elements of a storage', describeNumber(count));
  }
  const base = { key, type: element, elements, at: reference.at };
  if (view === null) return { ...base, viewOffset: 0, viewElements: elements };
  const [viewKey, offset, size] = isKind(view, 'tuple') ? view.items : [];
  const viewOffset = naturalOf(offset ?? null);
  const viewElements = naturalOf(size ?? null);
  if (typeof viewKey !== 'string' || viewOffset === undefined || viewElements === undefined) {
    return refuse('a view of a storage: key, offset and size', describeValue(view));
  }
  if (viewOffset + viewElements > elements) {
    return refuse(`a view of ${elements} elements`, `${viewElements} from ${viewOffset}`);
  }
  return { ...base, viewOffset, viewElements };
}

function storageElement(type: PickleValue | undefined): ElementType | undefined {
  if (!isKind(type, 'global')) return undefined;
  if (type.name === 'UntypedStorage' && type.module !== 'torch.cuda') return UNTYPED;
  const torch = type.module === 'torch' || type.module === 'torch.cuda';
  return torch ? storageTypes.get(type.name) : undefined;
}

/** A number from 0 to 2^53, or undefined. */
export function naturalOf(value: PickleValue): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function describeNumber(value: PickleValue | undefined): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value).slice(0, 40)
    : describeValue(value);
}

/** How a call rebuilds a tensor: where its dtype comes from. */
interface Rebuild {
  readonly name: string;
  readonly args: readonly PickleValue[];
  readonly at: number;
}

const rebuilds: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ['_rebuild_tensor', { min: 4, max: 4 }],
  ['_rebuild_tensor_v2', { min: 5, max: 7 }],
  ['_rebuild_tensor_v3', { min: 7, max: 8 }],
  ['_rebuild_qtensor', { min: 5, max: 7 }],
]);

/** Follows wrappers (parameters, subclasses) to the call that rebuilds a tensor, if there is one. */
function rebuildOf(object: PickleObject): Rebuild | undefined {
  let { name } = object.type;
  let { module } = object.type;
  let { args } = object;
  let { at } = object;
  for (let level = 0; level < MAX_WRAPPERS; level += 1) {
    if (module === 'torch._utils' && name.startsWith('_rebuild_parameter')) {
      const [data] = args;
      if (!isKind(data, 'object')) return undefined;
      ({ args, at } = data);
      ({ module, name } = data.type);
    } else if (module === 'torch._tensor') {
      const [rebuild, , inner] = args;
      if (!isKind(rebuild, 'global') || !isKind(inner, 'tuple')) return undefined;
      ({ module, name } = rebuild);
      args = inner.items;
    } else {
      return module === 'torch._utils' && rebuilds.has(name) ? { name, args, at } : undefined;
    }
  }
  return undefined;
}

/** The tensor that an object is, or undefined for any other object. Throws FormatError. */
export function tensorOf(path: string, object: PickleObject): PytorchTensor | undefined {
  const rebuild = rebuildOf(object);
  if (rebuild === undefined) return undefined;
  const { name, args, at } = rebuild;
  const refuse = (expected: string, found: string): never => {
    throw new FormatError(path, at, expected, found);
  };
  const count = rebuilds.get(name);
  if (count === undefined || args.length < count.min || args.length > count.max) {
    return refuse(`the arguments of ${name}`, `${args.length} arguments`);
  }
  const [reference, first = null, size, step] = args;
  if (!isKind(reference, 'persistent')) {
    return refuse('a storage', describeValue(reference));
  }
  const storage = storageOf(path, reference);
  const type = name === '_rebuild_tensor_v3' ? dtypeOf(args[6]) : storage.type;
  if (type === undefined) return refuse('a dtype', describeValue(args[6]));
  const shape = numbersOf(size);
  const strides = numbersOf(step);
  if (shape === undefined || strides === undefined || shape.length !== strides.length) {
    return refuse('a shape and as many strides', 'others');
  }
  const offset = naturalOf(first);
  if (offset === undefined) return refuse('an offset', describeNumber(first));
  return place(storage, type, shape, strides, offset, refuse);
}

function dtypeOf(value: PickleValue | undefined): ElementType | undefined {
  return isKind(value, 'global') && value.module === 'torch'
    ? torchDtypes.get(value.name)
    : undefined;
}

/** Dimensions or strides: a tuple of numbers, or torch.Size of one. */
function numbersOf(value: PickleValue | undefined): number[] | undefined {
  if (isKind(value, 'object') && value.type.module === 'torch' && value.type.name === 'Size') {
    return numbersOf(value.args[0]);
  }
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) return undefined;
  if (value.items.length > MAX_RANK) return undefined;
  const numbers = value.items.map((item) => naturalOf(item) ?? -1);
  return numbers.includes(-1) ? undefined : numbers;
}

/** Checks a view against its storage; every size is below 2^53. */
function place(
  storage: StorageRef,
  type: ElementType,
  shape: number[],
  strides: readonly number[],
  offset: number,
  refuse: (expected: string, found: string) => never,
): PytorchTensor {
  const elements = elementCount(shape);
  if (elements === undefined) return refuse('fewer than 2^53 elements', quote(shape.join('×')));
  let last = elements === 0 ? -1 : 0;
  let contiguous = true;
  let expected = 1;
  for (let dimension = shape.length - 1; elements > 0 && dimension >= 0; dimension -= 1) {
    const length = shape[dimension] ?? 0;
    const stride = strides[dimension] ?? 0;
    last += stride * (length - 1);
    if (length > 1 && stride !== expected) contiguous = false;
    expected *= length;
  }
  const bytes = type.bytes;
  const start = storage.viewOffset * storage.type.bytes + offset * bytes;
  const byteLength = (last + 1) * bytes;
  const room = (storage.viewOffset + storage.viewElements) * storage.type.bytes;
  // An empty tensor's offset says nothing: PyTorch does not bound it.
  if (elements === 0) return empty(storage, type, shape);
  if (!Number.isSafeInteger(last) || !Number.isSafeInteger(start + byteLength)) {
    return refuse('a view below 2^53 bytes', `strides ${quote(strides.join())}`);
  }
  if (start + byteLength > room) {
    const found = `bytes ${start} to ${start + byteLength}`;
    return refuse(`a view within the ${room} bytes of storage ${quote(storage.key)}`, found);
  }
  const view = { storage, dtype: type.dtype, shape, elementBytes: bytes };
  return { ...view, offset: start, byteLength, contiguous };
}

function empty(storage: StorageRef, type: ElementType, shape: number[]): PytorchTensor {
  const view = { storage, dtype: type.dtype, shape, elementBytes: type.bytes };
  return { ...view, offset: 0, byteLength: 0, contiguous: true };
}

/** A storage that stands by itself: one dimension. */
export function wholeStorage(storage: StorageRef): PytorchTensor {
  const { type, viewElements, viewOffset } = storage;
  return {
    storage,
    dtype: type.dtype,
    shape: [viewElements],
    offset: viewOffset * type.bytes,
    byteLength: viewElements * type.bytes,
    contiguous: true,
    elementBytes: type.bytes,
  };
}
