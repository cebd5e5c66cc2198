import { isDeepStrictEqual } from 'node:util';
import type { MetadataValue } from '../../../shared/domain';
import { readHeaderFrom } from '../formats';
import { FileError, FormatError } from '../formats/errors';
import { ggufArrayPlace, MAX_GGUF_PAGE, readGgufArray } from '../formats/gguf-values';
import { type OpenByteSource, openByteSource } from '../io/byte-source';
import type { Model, ModelFile } from '../model/model';
import { EngineError } from '../protocol';

/** A list whose items are at hand, or whose items lie in a file. */
export interface LongArray {
  readonly count: number;
  /** Whether reaching an item costs a walk over those before it. */
  readonly walked: boolean;
  /** Items `from` up to `from + count`, fewer at the end and never more than 10,000. */
  read(from: number, count: number): readonly MetadataValue[];
  /** The list that an item of this one stands for, when that is long as well. */
  inner(item: MetadataValue): LongArray | undefined;
}

/** Which file's header a key of a model's metadata comes from, once looked for. */
const owners = new WeakMap<Model, Map<string, ModelFile>>();

/** A value inside a model's metadata, followed along keys and indices. */
export type Found =
  | { readonly kind: 'value'; readonly value: MetadataValue }
  | { readonly kind: 'array'; readonly array: LongArray };

/**
 * Gives `use` what lies at `path`; files are open only meanwhile. Throws EngineError: no such
 * value; the file changed since its header was read; the file cannot be read.
 */
export function atPath<T>(model: Model, path: readonly string[], use: (found: Found) => T): T {
  const [key = '', ...rest] = path;
  if (!Object.hasOwn(model.metadata, key)) throw noSuchValue(model);
  const value = model.metadata[key] ?? null;
  if (!liesInFile(model, key)) return use(follow(value, rest, undefined, model));
  return withOwner(model, key, value, (source) => use(follow(value, rest, source, model)));
}

/** Whether a value, or a part of it, stands for a long array of a GGUF file. */
export function liesInFile(model: Model, key: string): boolean {
  // A configuration file may hold a record that looks like one.
  const ownFile = model.files.some(({ path, role }) => role === 'sidecar' && path === key);
  return !ownFile && ggufFiles(model).length > 0 && holdsPlace(model.metadata[key] ?? null);
}

function holdsPlace(value: MetadataValue): boolean {
  if (isList(value)) return value.some(holdsPlace);
  return ggufArrayPlace(value) !== undefined;
}

const isList = (value: MetadataValue): value is readonly MetadataValue[] => Array.isArray(value);

const ggufFiles = (model: Model) => model.files.filter(({ format }) => format === 'gguf');

function noSuchValue(model: Model): EngineError {
  return new EngineError('not-found', `The metadata of ${model.name} has no such value.`);
}

/** Follows keys and indices; with a source, records that stand for long arrays are those arrays. */
function follow(
  value: MetadataValue,
  path: readonly string[],
  source: OpenByteSource | undefined,
  model: Model,
): Found {
  const array = arrayOf(value, source);
  const [key, ...rest] = path;
  if (key === undefined) return array ? { kind: 'array', array } : { kind: 'value', value };
  const inside = array ? itemOf(array, key) : fieldOf(value, key);
  if (inside === undefined) throw noSuchValue(model);
  return follow(inside, rest, source, model);
}

function itemOf(array: LongArray, key: string): MetadataValue | undefined {
  return /^\d{1,15}$/.test(key) ? array.read(Number(key), 1)[0] : undefined;
}

function fieldOf(value: MetadataValue, key: string): MetadataValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as { readonly [key: string]: MetadataValue })[key];
}

function arrayOf(value: MetadataValue, source: OpenByteSource | undefined): LongArray | undefined {
  const inner = (item: MetadataValue) => arrayOf(item, source);
  if (isList(value)) {
    const read = (from: number, count: number) =>
      value.slice(from, from + Math.min(count, MAX_GGUF_PAGE));
    return { count: value.length, walked: false, read, inner };
  }
  const place = source && ggufArrayPlace(value);
  if (source === undefined || place === undefined) return undefined;
  return {
    count: place.count,
    walked: place.arrayOf === 'string' || place.arrayOf === 'array',
    read: (from, count) => readGgufArray(source, place, from, count),
    inner,
  };
}

/** The header's file, open and the same as when its header was read. */
function withOwner<T>(
  model: Model,
  key: string,
  value: MetadataValue,
  use: (source: OpenByteSource) => T,
): T {
  return readUnchanged(ownerOf(model, key, value), use);
}

/** Opens a file that is the same as when its header was read. Throws EngineError if it is not. */
export function readUnchanged<T>(file: ModelFile, use: (source: OpenByteSource) => T): T {
  return reading(file, (source) => {
    const { size, mtimeNs } = source.stamp;
    if (size !== file.stamp.size || mtimeNs !== file.stamp.mtimeNs) throw changed(file);
    return use(source);
  });
}

function reading<T>(file: ModelFile, use: (source: OpenByteSource) => T): T {
  let source: OpenByteSource | undefined;
  try {
    source = openByteSource(file.path, file.realPath);
    return use(source);
  } catch (error) {
    if (error instanceof FormatError) throw changed(file);
    if (!(error instanceof FileError)) throw error;
    throw new EngineError(
      'io',
      `${file.path} cannot be read: the system says ${error.code}.`,
      'Check that the file is there and that you may read it, then look again.',
    );
  } finally {
    source?.close();
  }
}

function changed(file: ModelFile): EngineError {
  return new EngineError(
    'io',
    `${file.path} has changed since its header was read.`,
    'Look at its folder again (Home, Look again), then come back.',
  );
}

/** Of several files the one whose header holds exactly this value. */
function ownerOf(model: Model, key: string, value: MetadataValue): ModelFile {
  const files = ggufFiles(model);
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  const known = owners.get(model) ?? new Map<string, ModelFile>();
  owners.set(model, known);
  const owner =
    known.get(key) ??
    files.find((file) =>
      reading(file, (source) => {
        const { metadata } = readHeaderFrom(source);
        return Object.hasOwn(metadata, key) && isDeepStrictEqual(metadata[key], value);
      }),
    );
  if (owner === undefined) throw noSuchValue(model);
  known.set(key, owner);
  return owner;
}
