import { basename, dirname, join, relative, sep } from 'node:path';
import { blake3 } from '@napi-rs/blake-hash';
import type { ModelId } from '../../../shared/base';
import type { FormatName, MetadataValue, Problem } from '../../../shared/domain';
import { opaqueHeader, type ReadHeader, readHeaderFrom } from '../formats';
import { FileError, FormatError } from '../formats/errors';
import { parseJsonValue } from '../formats/json-value';
import { checkShards, readShardIndex, type ShardIndex } from '../formats/safetensors-index';
import { fileError, type OpenByteSource, openByteSource } from '../io/byte-source';
import type { Model, ModelFile, ModelTensor } from '../model/model';
import type { Interner } from './intern';
import { compareText, hasModelExtension } from './names';
import { brokenReason, changedWhileReading, malformed, outsideRoot, problemOf } from './problems';
import { canonicalPath, type FoundFile, mayFollow, type Report, stampOf, wordFor } from './walk';

/** Configuration larger than this is no configuration. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const configNames: ReadonlySet<string> = new Set([
  'config.json',
  'adapter_config.json',
  'model_index.json',
]);

/** A weights file and what its header said. */
export interface ReadWeights {
  readonly file: FoundFile;
  readonly header: ReadHeader;
  /** As `header.externals`. */
  readonly externals: readonly FoundFile[];
}

function withSource<T>(
  file: FoundFile,
  report: Report,
  use: (source: OpenByteSource) => T,
): T | undefined {
  let source: OpenByteSource | undefined;
  try {
    source = openByteSource(file.path, file.realPath);
    if (source.stamp.inode !== file.stamp.inode || source.stamp.device !== file.stamp.device) {
      report(changedWhileReading(file.path));
      return undefined;
    }
    return use(source);
  } catch (error) {
    report(problemOf(error));
    return undefined;
  } finally {
    source?.close();
  }
}

/**
 * Reads one weights file's header. A broken file is reported and stays, as opaque with the
 * reason; one that cannot be opened is reported and left out (undefined).
 */
export function readWeights(
  file: FoundFile,
  roots: readonly string[],
  report: Report,
): ReadWeights | undefined {
  return withSource(file, report, (source) => {
    const { stamp } = source;
    const opened = { ...file, stamp };
    try {
      const header = readHeaderFrom(source);
      const externals = header.externals.map((name) => locate(file, name, roots));
      return { file: opened, header, externals };
    } catch (error) {
      if (error instanceof FormatError) {
        report(malformed(error));
        return { file: opened, header: opaqueHeader(brokenReason(error)), externals: [] };
      }
      if (error instanceof LeadsOutside) {
        report(outsideRoot(error.link, error.target));
        const header = opaqueHeader('Its external data lies behind a link out of the folder.');
        return { file: opened, header, externals: [] };
      }
      throw error;
    }
  });
}

class LeadsOutside extends Error {
  constructor(
    readonly link: string,
    readonly target: string,
  ) {
    super(`${link} leads to ${target}`);
  }
}

/** The external data file of a model in the same folder. Throws LeadsOutside, FileError. */
function locate(owner: FoundFile, name: string, roots: readonly string[]): FoundFile {
  return fileBelow(dirname(owner.path), name, roots);
}

/** A file that a checked relative path leads to. Throws LeadsOutside, FileError. */
function fileBelow(folder: string, name: string, roots: readonly string[]): FoundFile {
  const path = join(folder, name);
  const realPath = canonicalPath(path);
  const linked = realPath !== path;
  const inFolder = realPath.startsWith(folder + sep);
  if (linked && !inFolder && !mayFollow(path, realPath, roots))
    throw new LeadsOutside(path, realPath);
  try {
    const { stamp, kind } = stampOf(realPath);
    if (kind !== 'file') throw new FileError('open', path, 'ENOTREG', `it is ${wordFor(kind)}`);
    return { name, path, realPath, stamp, linked };
  } catch (error) {
    throw fileError('stat', path, error);
  }
}

/**
 * A shard that an index places in a subfolder; or, in words, what is there instead, where something
 * is. `path` was checked to stay below `folder`.
 */
export function shardBelow(
  folder: string,
  path: string,
  roots: readonly string[],
): FoundFile | string | undefined {
  try {
    return fileBelow(folder, path, roots);
  } catch (error) {
    if (error instanceof LeadsOutside) return 'a link out of the opened folder';
    if (!(error instanceof FileError)) throw error;
    return error.code === 'ENOENT' ? undefined : error.message.replace(/^.*: /, '');
  }
}

/** Reads a shard index; undefined, and reported, when it cannot be opened. */
export function readIndex(file: FoundFile, report: Report): ShardIndex | undefined {
  return withSource(file, report, readShardIndex);
}

/** Findings between an index and the shards that were read. */
export function indexFindings(
  index: { readonly file: FoundFile; readonly content: ShardIndex },
  weights: readonly ReadWeights[],
): Problem[] {
  const readable = weights.filter(({ header }) => header.format === 'safetensors');
  if (readable.length === 0) return [];
  const headers = new Map(readable.map(({ file, header }) => [file.name, header]));
  return checkShards(index.file.path, index.content, headers);
}

export interface ModelParts {
  readonly name: string;
  /** Canonical path that the files' paths are relative to. */
  readonly folder: string;
  /** Canonical place that the id is made from; see `modelId`. */
  readonly location: string;
  readonly kind: 'folder' | 'file';
  readonly weights: readonly ReadWeights[];
  readonly sidecars: readonly FoundFile[];
  /** What the place tells, beside what the files do; it wins over their keys. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
}

/** First 16 hex digits of the BLAKE3 of the place, so that it is the same in every run. */
export function modelId(location: string): ModelId {
  return blake3(Buffer.from(location, 'utf8')).toString('hex').slice(0, 16) as ModelId;
}

/** One model from its parts: files by path, tensors by file and header order. */
export function assembleModel(parts: ModelParts, interner: Interner, report: Report): Model {
  const files = modelFiles(parts);
  const fileIndex = new Map(files.map(({ path }, index) => [path, index]));
  const format = formatOf(parts.weights);
  const reason = opaqueReasonOf(parts.weights, format);
  return {
    id: modelId(parts.location),
    name: parts.name,
    folder: parts.folder,
    kind: parts.kind,
    format,
    ...(reason === undefined ? {} : { opaqueReason: reason }),
    files,
    tensors: modelTensors(parts, fileIndex, interner),
    metadata: metadataOf(parts, report),
  };
}

function formatOf(weights: readonly ReadWeights[]): FormatName {
  return weights.find(({ header }) => header.format !== 'opaque')?.header.format ?? 'opaque';
}

function opaqueReasonOf(weights: readonly ReadWeights[], format: FormatName): string | undefined {
  if (format !== 'opaque') return undefined;
  return weights[0]?.header.opaqueReason ?? 'No reader knows this format.';
}

function pathIn(folder: string, file: FoundFile): string {
  return relative(folder, file.path).split(sep).join('/');
}

function modelFiles(parts: ModelParts): ModelFile[] {
  const byPath = new Map<string, ModelFile>();
  const add = (file: FoundFile, role: ModelFile['role'], format: FormatName): void => {
    const path = pathIn(parts.folder, file);
    if (byPath.has(path)) return;
    byPath.set(path, { realPath: file.realPath, path, role, format, stamp: file.stamp });
  };
  for (const { file, header, externals } of parts.weights) {
    add(file, 'weights', header.format);
    for (const external of externals) add(external, 'weights', header.format);
  }
  for (const file of parts.sidecars) add(file, 'sidecar', 'opaque');
  return [...byPath.values()].sort((a, b) => compareText(a.path, b.path));
}

function modelTensors(
  parts: ModelParts,
  fileIndex: ReadonlyMap<string, number>,
  interner: Interner,
): ModelTensor[] {
  const at = (file: FoundFile): number => fileIndex.get(pathIn(parts.folder, file)) ?? 0;
  const ordered = parts.weights.toSorted((a, b) => at(a.file) - at(b.file));
  const tensors: ModelTensor[] = [];
  for (const { file, header, externals } of ordered) {
    const places = [file, ...externals].map(at);
    for (const {
      name,
      dtype,
      shape,
      fileIndex: place,
      offset,
      byteLength,
      encoding,
      inflate,
    } of header.tensors) {
      tensors.push({
        name: interner.name(name),
        dtype,
        shape: interner.shape(shape),
        file: places[place] ?? 0,
        offset,
        byteLength,
        encoding,
        ...(inflate === undefined ? {} : { inflate }),
      });
    }
  }
  const hasExternals = ordered.some(({ externals }) => externals.length > 0);
  return hasExternals ? tensors.sort((a, b) => a.file - b.file) : tensors;
}

/** Header metadata, first file first, and the parsed configuration under the files' own names. */
function metadataOf(parts: ModelParts, report: Report): Record<string, MetadataValue> {
  const all = new Map<string, MetadataValue>();
  for (const { header } of parts.weights) {
    for (const [key, value] of Object.entries(header.metadata)) {
      if (!all.has(key)) all.set(key, value);
    }
  }
  for (const file of parts.sidecars) {
    if (!configNames.has(basename(file.name)) || hasModelExtension(file.name)) continue;
    const value = readJsonFile(file, report);
    if (value !== undefined) all.set(pathIn(parts.folder, file), value);
  }
  for (const [key, value] of Object.entries(parts.metadata ?? {})) all.set(key, value);
  return Object.fromEntries(all);
}

/** A small JSON file's value; undefined when it is too large, or broken, which is reported. */
export function readJsonFile(file: FoundFile, report: Report): MetadataValue | undefined {
  return readSmallFile(file, MAX_CONFIG_BYTES, report, (bytes) => parseJsonValue(bytes, file.path));
}

/** What `use` makes of a file's bytes; undefined when they are over `limit`, or it refuses them. */
export function readSmallFile<T>(
  file: FoundFile,
  limit: number,
  report: Report,
  use: (bytes: Uint8Array) => T,
): T | undefined {
  if (file.stamp.size > limit) return undefined;
  return withSource(file, report, (source) =>
    source.size > limit ? undefined : use(source.read(0, source.size)),
  );
}
