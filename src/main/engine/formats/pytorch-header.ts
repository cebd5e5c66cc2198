import type { MetadataValue } from '../../../shared/domain';
import type { PickleStopped } from './pickle';
import type { FoundTensor, TensorWalk } from './pytorch-walk';
import type { FileHeader, TensorEntry } from './reader';
import { quote, recordOf } from './text';

/** Most names that a list in the metadata holds. */
const MAX_LISTED = 1000;

/** A header, or the neutral sentence that says why there is none; see `formats/index.ts`. */
export interface PytorchHeader extends FileHeader {
  /** Present exactly when `format` is `opaque`. */
  readonly opaqueReason?: string;
}

/** Where a storage lies in the file. `coded`: deflated, so that its range is not its bytes. */
export interface StoragePlace {
  readonly offset: number;
  readonly length: number;
  readonly coded: boolean;
}

/** What the containers know besides the tensors. */
export interface ContainerFacts {
  readonly version?: string;
  readonly littleEndian: boolean;
  readonly requested: readonly string[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
}

/** The header of a file whose pickle asks for a global that only running code could give. */
export function codeHeader(stopped: PickleStopped, requested: readonly string[]): PytorchHeader {
  const all = [...new Set([...requested, ...stopped.requested])];
  return {
    format: 'opaque',
    tensors: [],
    metadata: { holdsCode: stopped.request, requestedGlobals: listed(all) },
    externals: [],
    opaqueReason: `Holds code: ${bare(stopped.request)}.`,
  };
}

/** The header of a file that is recognised, and not read. */
export function unreadHeader(opaqueReason: string): PytorchHeader {
  return { format: 'opaque', tensors: [], metadata: {}, externals: [], opaqueReason };
}

/** A global's name as it is, quoted where it holds anything unusual. */
function bare(request: string): string {
  return /^[\w.() ]{1,200}$/.test(request) ? request : quote(request, 200);
}

/** The header for what a walk found; `locate` gives every tensor's storage its place. */
export function tensorHeader(
  walk: TensorWalk,
  facts: ContainerFacts,
  locate: (found: FoundTensor) => StoragePlace,
): PytorchHeader {
  const tensors = walk.tensors.map((found) => toEntry(found, locate(found), facts.littleEndian));
  const { version } = facts;
  return {
    format: 'pytorch',
    ...(version === undefined ? {} : { version }),
    tensors,
    metadata: metadataOf(walk, facts),
    externals: [],
  };
}

function toEntry(found: FoundTensor, place: StoragePlace, littleEndian: boolean): TensorEntry {
  const { tensor, name } = found;
  const { dtype, shape, contiguous, elementBytes } = tensor;
  const ordered = contiguous && (littleEndian || elementBytes === 1);
  const entry = { name, dtype, shape, fileIndex: 0 };
  if (tensor.byteLength === 0) {
    return { ...entry, offset: place.offset, byteLength: 0, encoding: 'raw' };
  }
  if (place.coded) {
    return { ...entry, offset: place.offset, byteLength: place.length, encoding: 'encoded' };
  }
  return {
    ...entry,
    offset: place.offset + tensor.offset,
    byteLength: tensor.byteLength,
    encoding: ordered ? 'raw' : 'encoded',
  };
}

function metadataOf(walk: TensorWalk, facts: ContainerFacts): Record<string, MetadataValue> {
  const all = new Map<string, MetadataValue>(facts.metadata);
  const { tensors } = walk;
  if (!facts.littleEndian) all.set('byteOrder', 'big');
  all.set('storages', new Set(tensors.map(({ tensor }) => tensor.storage.key)).size);
  const views = tensors.filter(({ tensor }) => !tensor.contiguous).map(({ name }) => name);
  if (views.length > 0) all.set('nonContiguousTensors', listed(views));
  const state = tensors.filter(({ optimizer }) => optimizer);
  if (state.length > 0) {
    const bytes = state.reduce((sum, { tensor }) => sum + tensor.byteLength, 0);
    all.set('optimizerState', { tensors: state.length, bytes });
  }
  if (walk.values.size > 0) all.set('values', recordOf(walk.values));
  all.set('requestedGlobals', listed(facts.requested));
  return recordOf(all);
}

function listed(names: readonly string[]): MetadataValue {
  const shown = names.slice(0, MAX_LISTED).map((name) => name.slice(0, 1024));
  return names.length > shown.length ? [...shown, `… (${names.length} in all)`] : shown;
}
