import { basename } from 'node:path';
import { blake3 } from '@napi-rs/blake-hash';
import type { FileDigest, FragmentId, ModelId, TensorHash } from '../../../shared/base';
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type ManifestFragment,
  type ManifestSegment,
  type ManifestTensor,
} from '../../../shared/domain';
import { segmentOf } from '../fragments/plan';
import type { FileFingerprint, SegmentPlan } from '../fragments/segments';
import { fragmentTypeOf } from '../fragments/type';
import { type ViewRange, viewIndexOf } from '../fragments/views';
import type { Model } from '../model/model';
import { layersOf } from './layers';

/** How one file of the model was cut and what its one pass found. */
export interface ManifestFileInput {
  readonly plan: SegmentPlan;
  /** Tensor ranges that are no segment of their own (see viewsOf). */
  readonly views: readonly ViewRange[];
  readonly fingerprint: FileFingerprint;
  /** One BLAKE3 per view, 32 bytes each. */
  readonly viewHashes: Uint8Array;
}

export interface ManifestInput {
  readonly model: Model;
  /** In the order of `model.files`. */
  readonly files: readonly ManifestFileInput[];
}

const EMPTY_HASH = blake3(new Uint8Array(0)).toString('hex') as TensorHash;

/**
 * The manifest of a fingerprinted model. Pure: equal content gives an equal manifest, wherever the
 * model lies and whenever it is built. Every fragment is listed once, with the segment that holds
 * it: in its tensor (the first by name of those with that range) or in the segment itself.
 * Throws RangeError when fingerprints and model do not belong together.
 */
export function buildManifest({ model, files: inputs }: ManifestInput): Manifest {
  if (inputs.length !== model.files.length) {
    throw new RangeError(`${inputs.length} fingerprints for ${model.files.length} files`);
  }
  const order = model.files
    .map((_, at) => at)
    .sort((a, b) => byText(path(model, a), path(model, b)));
  const ordered = order.map((at) => required(inputs[at]));
  const tensors = cutAlike(placedTensors(model, order, ordered));
  const files = order.map((at, index) =>
    manifestFile(model, at, index, required(inputs[at]), tensors),
  );
  return {
    tessera: 'manifest',
    version: MANIFEST_VERSION,
    model: {
      id: contentId(files),
      name: model.name,
      format: model.format,
      source: { kind: model.kind, name: sourceName(model) },
      family: { declared: declaredBase(model), inferred: null },
    },
    files,
    tensors,
    layers: layersOf(tensors),
    totals: totalsOf(files, tensors),
  };
}

/**
 * The manifest's model id, a name for the content: the first 16 hex digits of the BLAKE3 of one
 * line per file, `path NUL size NUL sha256 LF`, sorted by path.
 */
export function contentId(
  files: readonly Pick<ManifestFile, 'path' | 'size' | 'sha256'>[],
): ModelId {
  const lines = [...files]
    .sort((a, b) => byText(a.path, b.path))
    .map((file) => `${file.path}\0${file.size}\0${file.sha256}\n`);
  return blake3(lines.join('')).toString('hex').slice(0, 16) as ModelId;
}

/** The sums of a manifest; also how they are checked. */
export function totalsOf(
  files: readonly ManifestFile[],
  tensors: readonly ManifestTensor[],
): Manifest['totals'] {
  const lengths = new Map<FragmentId, number>();
  let fragments = 0;
  const count = (list: readonly ManifestFragment[]): void => {
    for (const fragment of list) lengths.set(fragment.id, fragment.length);
    fragments += list.length;
  };
  for (const file of files) {
    for (const segment of file.segments) if (segment.kind === 'bytes') count(segment.fragments);
  }
  for (const tensor of tensors) count(tensor.fragments);
  return {
    logicalBytes: files.reduce((sum, file) => sum + file.size, 0),
    uniqueBytes: [...lengths.values()].reduce((sum, length) => sum + length, 0),
    files: files.length,
    tensors: tensors.length,
    fragments,
  };
}

/** Code-unit order: the same on every machine, unlike a locale's. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const path = (model: Model, file: number): string => required(model.files[file]).path;

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('fingerprints do not belong to this model');
  return value;
}

/** All tensors, sorted by file, offset, name; those that a segment names get its fragments. */
function placedTensors(
  model: Model,
  order: readonly number[],
  inputs: readonly ManifestFileInput[],
): ManifestTensor[] {
  const place = new Map(order.map((file, index) => [file, index]));
  const sorted = model.tensors
    .map((tensor) => ({ ...tensor, file: required(place.get(tensor.file)) }))
    .sort((a, b) => a.file - b.file || a.offset - b.offset || byText(a.name, b.name));
  const cutters = inputs.map(fragmentsOfSegments);
  const named = new Set<string>();
  return sorted.map((tensor) => {
    const input = required(inputs[tensor.file]);
    const segment = segmentOf(input.plan, tensor.offset, tensor.byteLength);
    const key = `${tensor.file}:${segment}`;
    const isFirst = segment >= 0 && tensor.byteLength > 0 && !named.has(key);
    if (isFirst) named.add(key);
    return {
      name: tensor.name,
      dtype: tensor.dtype,
      shape: tensor.shape,
      type: fragmentTypeOf(tensor.name, tensor.shape),
      file: tensor.file,
      offset: tensor.offset,
      length: tensor.byteLength,
      hash: tensorHash(input, segment, tensor.offset, tensor.byteLength),
      fragments: isFirst ? required(cutters[tensor.file])(segment) : [],
    };
  });
}

/**
 * Equal tensors of unequal shapes may have been cut differently: all take the cut whose fragment
 * lengths come first in lexicographic order (as PieceStore counts them), so that they share it.
 */
function cutAlike(tensors: readonly ManifestTensor[]): ManifestTensor[] {
  const cuts = new Map<TensorHash, ManifestTensor>();
  for (const tensor of tensors) {
    if (tensor.fragments.length === 0) continue;
    const known = cuts.get(tensor.hash);
    if (known === undefined || cutsBefore(tensor, known)) cuts.set(tensor.hash, tensor);
  }
  return tensors.map((tensor) => {
    const model = tensor.fragments.length < 2 ? tensor : (cuts.get(tensor.hash) ?? tensor);
    if (model === tensor) return tensor;
    const shift = tensor.offset - model.offset;
    const fragments = model.fragments.map((one) => ({ ...one, offset: one.offset + shift }));
    return { ...tensor, fragments };
  });
}

function cutsBefore(a: ManifestTensor, b: ManifestTensor): boolean {
  for (const [at, { length }] of a.fragments.entries()) {
    const difference = length - (b.fragments[at]?.length ?? length);
    if (difference !== 0) return difference < 0;
  }
  return a.fragments.length < b.fragments.length;
}

function tensorHash(
  input: ManifestFileInput,
  segment: number,
  offset: number,
  length: number,
): TensorHash {
  if (length === 0) return EMPTY_HASH;
  if (segment >= 0) return hexAt(input.fingerprint.segmentHashes, segment) as TensorHash;
  const view = viewIndexOf(input.views, offset, length);
  if (view < 0) throw new RangeError('a tensor has no hash: fingerprints of another cut');
  return hexAt(input.viewHashes, view) as TensorHash;
}

/** Looks up a segment's fragments; the fragments' positions are summed up once. */
function fragmentsOfSegments(input: ManifestFileInput): (segment: number) => ManifestFragment[] {
  const { plan, fingerprint } = input;
  const firsts = new Uint32Array(plan.offsets.length);
  let first = 0;
  for (let segment = 0; segment < firsts.length; segment++) {
    firsts[segment] = first;
    first += fingerprint.fragmentCounts[segment] ?? 0;
  }
  return (segment) => {
    const from = firsts[segment] ?? 0;
    let offset = plan.offsets[segment] ?? 0;
    return Array.from({ length: fingerprint.fragmentCounts[segment] ?? 0 }, (_, i) => {
      const length = required(fingerprint.fragmentLengths[from + i]);
      const id = hexAt(fingerprint.fragmentHashes, from + i) as FragmentId;
      offset += length;
      return { offset: offset - length, length, id };
    });
  };
}

function manifestFile(
  model: Model,
  at: number,
  index: number,
  input: ManifestFileInput,
  tensors: readonly ManifestTensor[],
): ManifestFile {
  const file = required(model.files[at]);
  const { plan, fingerprint } = input;
  const fragmentsOf = fragmentsOfSegments(input);
  const namedBy = new Map<number, number>();
  tensors.forEach((tensor, number) => {
    if (tensor.file === index && tensor.fragments.length > 0) namedBy.set(tensor.offset, number);
  });
  const segments = Array.from(plan.offsets, (offset, segment): ManifestSegment => {
    const length = plan.lengths[segment] ?? 0;
    const tensor = (plan.rowBytes[segment] ?? 0) > 0 ? namedBy.get(offset) : undefined;
    if (tensor !== undefined) return { kind: 'tensor', offset, length, tensor };
    return { kind: 'bytes', offset, length, fragments: fragmentsOf(segment) };
  });
  return {
    path: file.path,
    size: plan.fileSize,
    sha256: hexAt(fingerprint.sha256, 0) as FileDigest,
    format: file.format,
    role: file.role,
    segments,
  };
}

function hexAt(packed: Uint8Array, index: number): string {
  if (packed.length < (index + 1) * 32) throw new RangeError('a hash is missing');
  return Buffer.from(packed.buffer, packed.byteOffset + index * 32, 32).toString('hex');
}

/** The folder's own name, or the file's: never where it lies. */
function sourceName(model: Model): string {
  if (model.kind === 'folder') return basename(model.folder);
  return model.files.find((file) => file.role === 'weights')?.path ?? model.name;
}

/** The model that the files say they descend from, as the hub's `base_model` key names it. */
function declaredBase(model: Model): string | null {
  const declared = Object.hasOwn(model.metadata, 'base_model') ? model.metadata.base_model : null;
  return typeof declared === 'string' && declared.length <= 1000 ? declared : null;
}
