import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MetadataValue } from '../../../shared/domain';
import { fileError } from '../io/byte-source';
import { FormatError } from './errors';
import {
  type GraphFacts,
  type GraphWalk,
  namedTensors,
  newWalk,
  readFunction,
  readGraph,
} from './onnx-graph';
import type { OnnxTensor } from './onnx-tensor';
import { LENGTH, VARINT, WireReader } from './protobuf';
import type { ByteSource, FileHeader, Reader, TensorEntry } from './reader';
import { normalPath, unsafePath } from './relative-path';
import { extension, folderOf, quote, recordOf } from './text';

/** Highest ir_version that makes a file without the extension plausible; 2025's is 12. */
const MAX_PLAUSIBLE_IR = 20;
const MAX_PROPERTIES = 100_000;
/** Every field of ModelProto (onnx.proto). */
const modelFields: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);

/**
 * Reader of ONNX models: initializers, tensors in node attributes (Constant, for one), in
 * subgraphs and in functions, and external data. Tensor data is jumped over, never read.
 * Source: github.com/onnx/onnx, onnx/onnx.proto and docs/ExternalData.md.
 */
export const onnxReader: Reader = { format: 'onnx', read: readOnnx };

interface Draft {
  readonly metadata: Map<string, MetadataValue>;
  readonly opsets: Map<string, MetadataValue>;
  readonly properties: Map<string, MetadataValue>;
  readonly walk: GraphWalk;
  irVersion: number | undefined;
  graph: GraphFacts | undefined;
  /** Nodes of the main graph and its subgraphs. */
  nodes: number;
  functions: number;
}

function readOnnx(source: ByteSource): FileHeader | undefined {
  if (extension(source.path) !== '.onnx' && !looksLikeOnnx(source)) return undefined;
  const reader = new WireReader(source);
  const draft: Draft = {
    metadata: new Map(),
    opsets: new Map(),
    properties: new Map(),
    walk: newWalk(),
    irVersion: undefined,
    graph: undefined,
    nodes: 0,
    functions: 0,
  };
  reader.message(source.size, (field, wire) =>
    readModelField(reader, source.size, draft, field, wire),
  );
  if (draft.graph === undefined && draft.functions === 0) {
    throw new FormatError(source.path, source.size, 'a graph', 'the end of the file without one');
  }
  const externals = new ExternalFiles(source.path);
  const tensors = namedTensors(draft.walk, source.path).map(([name, tensor]) =>
    toEntry(name, tensor, externals),
  );
  return {
    format: 'onnx',
    ...(draft.irVersion === undefined ? {} : { version: String(draft.irVersion) }),
    tensors,
    metadata: metadataOf(draft),
    externals: externals.names,
  };
}

/** A first ir_version, then only ModelProto's fields to the very end, a graph among them. */
function looksLikeOnnx(source: ByteSource): boolean {
  if (source.size < 4 || source.read(0, 1)[0] !== 0x08) return false;
  const reader = new WireReader(source);
  let hasGraph = false;
  let left = 10_000;
  try {
    reader.message(source.size, (field, wire) => {
      left -= 1;
      if (!modelFields.has(field) || left < 0) reader.fail('a field of a model', String(field));
      if (field === 1) {
        const version = wire === VARINT ? reader.varint(source.size) : 0;
        if (version < 1 || version > MAX_PLAUSIBLE_IR) reader.fail('a version', String(version));
        return true;
      }
      if (field === 7 && wire === LENGTH) hasGraph = true;
      return false;
    });
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
  return hasGraph;
}

const textFields: ReadonlyMap<number, string> = new Map([
  [2, 'producer_name'],
  [3, 'producer_version'],
  [4, 'domain'],
  [6, 'doc_string'],
]);

function readModelField(
  reader: WireReader,
  end: number,
  draft: Draft,
  field: number,
  wire: number,
): boolean {
  const textField = textFields.get(field);
  if (textField !== undefined) {
    reader.demand(wire, LENGTH, textField);
    draft.metadata.set(textField, reader.note(end));
    return true;
  }
  if (field === 1 || field === 5) {
    reader.demand(wire, VARINT, field === 1 ? 'ir_version' : 'model_version');
    const value = reader.varint(end);
    if (field === 1) draft.irVersion = value;
    else if (Number.isFinite(value)) draft.metadata.set('model_version', value);
    return true;
  }
  if (![7, 8, 14, 20, 25].includes(field)) return false;
  reader.demand(wire, LENGTH, 'a part of a model');
  readModelPart(reader, reader.length(end) + reader.position, draft, field);
  return true;
}

function readModelPart(reader: WireReader, stop: number, draft: Draft, field: number): void {
  if (field === 7) {
    if (draft.graph !== undefined) reader.fail('one graph', 'another');
    draft.graph = readGraph(reader, stop, draft.walk);
    draft.nodes = draft.walk.nodes;
  } else if (field === 8) readOpset(reader, stop, draft);
  else if (field === 14) readProperty(reader, stop, draft);
  else if (field === 20) readTraining(reader, stop, draft);
  else {
    draft.functions += 1;
    readFunction(reader, stop, draft.walk);
  }
}

function readOpset(reader: WireReader, end: number, draft: Draft): void {
  let domain = '';
  let version = 0;
  reader.message(end, (field, wire) => {
    if (field === 1 && wire === LENGTH) domain = reader.note(end);
    else if (field === 2 && wire === VARINT) version = reader.varint(end);
    else return false;
    return true;
  });
  draft.opsets.set(domain || 'ai.onnx', Number.isFinite(version) ? version : 'invalid');
  if (draft.opsets.size > MAX_PROPERTIES) reader.fail(`at most ${MAX_PROPERTIES} opsets`, 'more');
}

function readProperty(reader: WireReader, end: number, draft: Draft): void {
  let key = '';
  let value = '';
  reader.message(end, (field, wire) => {
    if (wire !== LENGTH || (field !== 1 && field !== 2)) return false;
    if (field === 1) key = reader.note(end);
    else value = reader.note(end);
    return true;
  });
  draft.properties.set(key, value);
  if (draft.properties.size > MAX_PROPERTIES) {
    reader.fail(`at most ${MAX_PROPERTIES} metadata_props`, 'more');
  }
}

/** TrainingInfoProto: its initialization and algorithm graphs hold tensors, too. */
function readTraining(reader: WireReader, end: number, draft: Draft): void {
  reader.message(end, (field, wire) => {
    if (wire !== LENGTH || (field !== 1 && field !== 2)) return false;
    const stop = reader.length(end) + reader.position;
    readGraph(
      reader,
      stop,
      draft.walk,
      field === 1 ? 'training/initialization' : 'training/algorithm',
    );
    return true;
  });
}

function metadataOf(draft: Draft): Record<string, MetadataValue> {
  const all = new Map<string, MetadataValue>();
  if (draft.irVersion !== undefined && Number.isFinite(draft.irVersion)) {
    all.set('ir_version', draft.irVersion);
  }
  for (const [key, value] of draft.metadata) if (value !== '') all.set(key, value);
  if (draft.opsets.size > 0) all.set('opset_import', recordOf(draft.opsets));
  if (draft.graph !== undefined) {
    all.set('graph_name', draft.graph.name);
    all.set('inputs', draft.graph.inputs);
    all.set('outputs', draft.graph.outputs);
    all.set('nodes', draft.nodes);
  }
  if (draft.functions > 0) all.set('functions', draft.functions);
  if (draft.properties.size > 0) all.set('metadata_props', recordOf(draft.properties));
  return recordOf(all);
}

/** External data files, each checked once: inside the folder, there, and long enough. */
class ExternalFiles {
  readonly names: string[] = [];
  private readonly byLocation = new Map<
    string,
    { readonly index: number; readonly size: number }
  >();

  constructor(private readonly path: string) {}

  /** The file's index for TensorEntry.fileIndex. Throws FormatError. */
  indexOf(location: string, end: number, at: number): number {
    const file = this.byLocation.get(location) ?? this.open(location, at);
    if (end > file.size) {
      const found = `a file of ${file.size} bytes: ${quote(location)}`;
      throw new FormatError(this.path, at, `external data up to byte ${end}`, found);
    }
    return file.index;
  }

  private open(location: string, at: number): { readonly index: number; readonly size: number } {
    const reason = unsafePath(location);
    if (reason !== undefined) {
      const found = `${quote(location)}, which ${reason}`;
      throw new FormatError(this.path, at, 'external data in the same folder', found);
    }
    const name = normalPath(location);
    const size = this.sizeOf(name, location, at);
    const known = this.names.indexOf(name);
    const file = { index: (known < 0 ? this.names.push(name) - 1 : known) + 1, size };
    this.byLocation.set(location, file);
    return file;
  }

  private sizeOf(name: string, location: string, at: number): number {
    const missing = (found: string): FormatError =>
      new FormatError(this.path, at, `the external data file ${quote(location)}`, found);
    const stat = statOrCode(join(folderOf(this.path), name));
    if (typeof stat === 'string') throw missing(stat === 'ENOENT' ? 'no such file' : stat);
    if (!stat.isFile()) throw missing(stat.isDirectory() ? 'a folder' : 'not a regular file');
    return stat.size;
  }
}

/** What a path leads to, or the system's code for why not. */
function statOrCode(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    return fileError('stat', path, error).code;
  }
}

function toEntry(name: string, tensor: OnnxTensor, externals: ExternalFiles): TensorEntry {
  const { dtype, shape, data } = tensor;
  if (data.kind === 'inline') {
    const { offset, length } = data.span;
    return {
      name,
      dtype,
      shape,
      fileIndex: 0,
      offset,
      byteLength: length,
      encoding: data.encoding,
    };
  }
  const { offset, byteLength, location } = data;
  const fileIndex = externals.indexOf(location, offset + byteLength, tensor.at);
  return { name, dtype, shape, fileIndex, offset, byteLength, encoding: 'raw' };
}
