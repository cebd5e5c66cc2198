import type { MetadataValue } from '../../../shared/domain';
import { FormatError } from './errors';
import { type PickleRead, type PickleStopped, readPickle } from './pickle';
import { isKind } from './pickle-machine';
import { describeValue, type PicklePersistent, type PickleValue } from './pickle-value';
import { codeHeader, type PytorchHeader, type StoragePlace, tensorHeader } from './pytorch-header';
import { type StorageRef, storageOf } from './pytorch-tensor';
import { TensorWalk } from './pytorch-walk';
import type { ByteSource } from './reader';
import { quote } from './text';
import { unsigned64, viewOf } from './zip-fields';

/** First of the five pickles, and the only value of the second (torch/serialization.py). */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const COUNT_BYTES = 8;
const MAX_MAGIC_BYTES = 64;

/** Whether the file begins with the magic number, pickled by any protocol. */
export function isLegacy(source: ByteSource): boolean {
  const [first] = source.size < 16 ? [] : source.read(0, 1);
  if (first !== 0x80 && first !== 0x4c) return false;
  try {
    const end = Math.min(source.size, MAX_MAGIC_BYTES);
    const result = readPickle(source, { start: 0, end });
    return result.kind === 'value' && result.value === MAGIC;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/**
 * Reads a stream of torch.save before PyTorch 1.6 (or with its old format asked for): five pickles
 * (magic number, protocol, system, object, storage keys), then every storage as a count of elements
 * and its bytes. Throws FormatError.
 */
export function readLegacy(source: ByteSource): PytorchHeader {
  const pickles: PickleRead[] = [];
  const requested = new Set<string>();
  let stopped: PickleStopped | undefined;
  let next = 0;
  while (pickles.length < 5 && stopped === undefined) {
    const result = readPickle(source, { start: next, end: source.size });
    for (const name of result.requested) requested.add(name);
    if (result.kind === 'code') {
      stopped = result;
    } else {
      pickles.push(result);
      next = result.end;
    }
  }
  if (stopped !== undefined) return codeHeader(stopped, [...requested]);
  const [magic, protocol, system, object, keys] = pickles;
  if (magic?.value !== MAGIC || protocol?.value !== PROTOCOL) {
    const found = describeValue(protocol?.value);
    throw new FormatError(source.path, magic?.end ?? 0, `protocol ${PROTOCOL}`, found);
  }
  const walk = new TensorWalk(source.path);
  walk.walk(object?.value ?? null, '', system?.end ?? 0);
  const storages = storagesOf(source, object?.references ?? []);
  const places = locateStorages(source, keys?.value ?? null, storages, object?.end ?? 0, next);
  return tensorHeader(
    walk,
    {
      version: String(PROTOCOL),
      littleEndian: entryOf(system?.value ?? null, 'little_endian') !== false,
      requested: [...requested],
      metadata: new Map<string, MetadataValue>([['container', 'PyTorch stream']]),
    },
    ({ tensor }) => places.get(tensor.storage.key) ?? { offset: next, length: 0, coded: false },
  );
}

function entryOf(value: PickleValue, key: string): PickleValue | undefined {
  if (!isKind(value, 'dict')) return undefined;
  for (let index = 0; index < value.pairs.length; index += 2) {
    if (value.pairs[index] === key) return value.pairs[index + 1];
  }
  return undefined;
}

/** Every storage's place, by key. They fill the file from `start` to its end. */
function locateStorages(
  source: ByteSource,
  keys: PickleValue,
  storages: ReadonlyMap<string, StorageRef>,
  keysAt: number,
  start: number,
): ReadonlyMap<string, StoragePlace> {
  const places = new Map<string, StoragePlace>();
  let next = start;
  if (!isKind(keys, 'list')) {
    throw new FormatError(source.path, keysAt, 'the list of storage keys', describeValue(keys));
  }
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (typeof key !== 'string' || storage === undefined) {
      const found = typeof key === 'string' ? quote(key) : describeValue(key);
      throw new FormatError(source.path, keysAt, 'the key of a storage in use', found);
    }
    if (places.has(key)) {
      throw new FormatError(source.path, keysAt, 'distinct storage keys', `${quote(key)} again`);
    }
    const place = placeAt(source, storage, next);
    places.set(key, place);
    next = place.offset + place.length;
  }
  const missing = [...storages.keys()].find((key) => !places.has(key));
  if (missing !== undefined) {
    throw new FormatError(source.path, keysAt, `the storage ${quote(missing)}`, 'no such key');
  }
  if (next !== source.size) {
    const found = `${source.size - next} more bytes`;
    throw new FormatError(source.path, next, 'the end of the file', found);
  }
  return places;
}

/** The storages that the object refers to; every reference to one must say the same of it. */
function storagesOf(
  source: ByteSource,
  references: readonly PicklePersistent[],
): Map<string, StorageRef> {
  const storages = new Map<string, StorageRef>();
  for (const reference of references) {
    const storage = storageOf(source.path, reference);
    const known = storages.get(storage.key);
    if (known === undefined) {
      storages.set(storage.key, storage);
    } else if (known.type !== storage.type || known.elements !== storage.elements) {
      const expected = `${known.elements} elements of ${known.type.dtype}`;
      const found = `${storage.elements} of ${storage.type.dtype} in ${quote(storage.key)}`;
      throw new FormatError(source.path, storage.at, expected, found);
    }
  }
  return storages;
}

function placeAt(source: ByteSource, storage: StorageRef, at: number): StoragePlace {
  const { key, elements, type } = storage;
  if (source.size - at < COUNT_BYTES) {
    const found = `${source.size - at} bytes`;
    throw new FormatError(source.path, at, `the size of storage ${quote(key)}`, found);
  }
  const count = unsigned64(viewOf(source.read(at, COUNT_BYTES)), 0);
  if (count !== elements) {
    const found = `${count} in storage ${quote(key)}`;
    throw new FormatError(source.path, at, `${elements} elements`, found);
  }
  const length = elements * type.bytes;
  const offset = at + COUNT_BYTES;
  if (length > source.size - offset) {
    const found = `${source.size - offset} to the end of the file`;
    throw new FormatError(source.path, offset, `${length} bytes of ${quote(key)}`, found);
  }
  return { offset, length, coded: false };
}
