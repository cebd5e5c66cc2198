import { elementCount, MAX_DIMENSIONS, MAX_RANK } from './dtypes';
import { type OnnxType, onnxTypes, type TypedField } from './onnx-types';
import { FIXED32, FIXED64, LENGTH, type Span, VARINT, type WireReader } from './protobuf';
import { quote } from './text';

/** Typed data up to this length is walked to count its numbers; longer is bounded by its length. */
const MAX_COUNTED_BYTES = 1024 * 1024;

/** Where a tensor's elements are: in the file itself, or in another one. */
export type OnnxData =
  | { readonly kind: 'inline'; readonly span: Span; readonly encoding: 'raw' | 'encoded' }
  | {
      readonly kind: 'external';
      readonly location: string;
      readonly offset: number;
      readonly byteLength: number;
    };

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: OnnxData;
  /** Where the TensorProto begins. */
  readonly at: number;
}

/** Shared by all tensors of a file. */
export interface TensorBudget {
  dimensions: number;
}

interface TypedData {
  readonly field: TypedField;
  readonly chunks: Span[];
  /** Values given one by one, outside packed chunks. */
  single: number;
  end: number;
}

interface Draft {
  readonly at: number;
  name: string;
  dims: number[];
  dataType: number;
  raw: Span | undefined;
  typed: TypedData | undefined;
  external: Map<string, string> | undefined;
  isExternal: boolean;
}

const typedFields: ReadonlyMap<number, readonly [TypedField, number]> = new Map([
  [4, ['float_data', FIXED32]],
  [5, ['int32_data', VARINT]],
  [6, ['string_data', LENGTH]],
  [7, ['int64_data', VARINT]],
  [10, ['double_data', FIXED64]],
  [11, ['uint64_data', VARINT]],
]);

/**
 * One TensorProto, until `end`. Its data is jumped over, not read; its length is checked against
 * the shape. Throws FormatError. Source: onnx.proto, TensorProto.
 */
export function readTensorProto(reader: WireReader, end: number, budget: TensorBudget): OnnxTensor {
  const draft: Draft = {
    at: reader.position,
    name: '',
    dims: [],
    dataType: 0,
    raw: undefined,
    typed: undefined,
    external: undefined,
    isExternal: false,
  };
  reader.message(end, (field, wire) => readField(reader, end, draft, budget, field, wire));
  return finish(reader, draft);
}

function readField(
  reader: WireReader,
  end: number,
  draft: Draft,
  budget: TensorBudget,
  field: number,
  wire: number,
): boolean {
  const typed = typedFields.get(field);
  if (typed !== undefined) {
    readTyped(reader, end, draft, typed[0], typed[1], wire);
    return true;
  }
  switch (field) {
    case 1:
      readDims(reader, end, draft, budget, wire);
      return true;
    case 2:
      reader.demand(wire, VARINT, 'data_type');
      draft.dataType = reader.varint(end);
      return true;
    case 3:
      return reader.fail('a whole tensor', 'a segment of one');
    case 8:
      reader.demand(wire, LENGTH, 'name');
      draft.name = reader.text(end);
      return true;
    case 9:
      reader.demand(wire, LENGTH, 'raw_data');
      if (draft.raw !== undefined) reader.fail('raw_data once', 'raw_data again');
      draft.raw = reader.span(end);
      return true;
    case 13:
      reader.demand(wire, LENGTH, 'external_data');
      readExternal(reader, end, draft);
      return true;
    case 14:
      reader.demand(wire, VARINT, 'data_location');
      draft.isExternal = reader.varint(end) === 1;
      return true;
    default:
      return false;
  }
}

function readDims(
  reader: WireReader,
  end: number,
  draft: Draft,
  budget: TensorBudget,
  wire: number,
): void {
  if (wire !== LENGTH) reader.demand(wire, VARINT, 'dims');
  const stop = wire === LENGTH ? reader.length(end) + reader.position : undefined;
  do {
    if (stop !== undefined && reader.position >= stop) return;
    const at = reader.position;
    const dimension = reader.varint(stop ?? end);
    if (!Number.isFinite(dimension)) reader.fail('a dimension from 0 to 2^53', 'another', at);
    draft.dims.push(dimension);
    budget.dimensions += 1;
    if (draft.dims.length > MAX_RANK) reader.fail(`at most ${MAX_RANK} dimensions`, 'more', at);
    if (budget.dimensions > MAX_DIMENSIONS) {
      reader.fail(`at most ${MAX_DIMENSIONS} dimensions in all`, 'more', at);
    }
  } while (stop !== undefined);
}

function readTyped(
  reader: WireReader,
  end: number,
  draft: Draft,
  field: TypedField,
  single: number,
  wire: number,
): void {
  draft.typed ??= { field, chunks: [], single: 0, end: 0 };
  const typed = draft.typed;
  if (typed.field !== field) reader.fail(`only ${typed.field}`, `${field}, too`);
  const offset = reader.position;
  if (wire === LENGTH) {
    const span = reader.span(end);
    if (field === 'string_data') {
      typed.single += 1;
      if (typed.chunks.length === 0) typed.chunks.push({ offset, length: 0 });
    } else if (span.length > 0) typed.chunks.push(span);
  } else {
    reader.demand(wire, single, field);
    reader.skip(wire, end);
    typed.single += 1;
    if (typed.chunks.length === 0) typed.chunks.push({ offset, length: 0 });
  }
  typed.end = reader.position;
}

function readExternal(reader: WireReader, end: number, draft: Draft): void {
  const stop = reader.length(end) + reader.position;
  let key = '';
  let value = '';
  reader.message(stop, (field, wire) => {
    if (field !== 1 && field !== 2) return false;
    reader.demand(wire, LENGTH, 'external_data');
    if (field === 1) key = reader.text(stop);
    else value = reader.text(stop);
    return true;
  });
  draft.external ??= new Map();
  if (draft.external.has(key)) reader.fail('every external_data key once', `${quote(key)} again`);
  draft.external.set(key, value);
}

function finish(reader: WireReader, draft: Draft): OnnxTensor {
  const { at, name } = draft;
  const type = onnxTypes.get(draft.dataType);
  if (type === undefined) {
    return reader.fail('a known data type', `${draft.dataType} in ${quote(name)}`, at);
  }
  const elements = elementCount(draft.dims);
  const bits = elements === undefined ? undefined : elements * Math.max(type.bits, 1);
  if (elements === undefined || bits === undefined || bits > Number.MAX_SAFE_INTEGER) {
    const found = `${type.dtype} [${draft.dims.slice(0, 8).join(', ')}] in ${quote(name)}`;
    return reader.fail('a tensor size below 2^53 bits', found, at);
  }
  const data = dataOf(reader, draft, type, elements);
  return { name, dtype: type.dtype, shape: draft.dims, data, at };
}

function dataOf(reader: WireReader, draft: Draft, type: OnnxType, elements: number): OnnxData {
  const { raw, typed, at } = draft;
  const name = quote(draft.name);
  const byteLength = Math.ceil((elements * type.bits) / 8);
  const hasTyped = typed !== undefined && typed.chunks.length > 0;
  const hasRaw = raw !== undefined && raw.length > 0;
  if (draft.isExternal) {
    if (hasRaw || hasTyped) reader.fail('no data beside external data', `data in ${name}`, at);
    return externalData(reader, draft, type, byteLength);
  }
  if (hasRaw && hasTyped) {
    reader.fail('raw or typed data', `raw_data and ${typed.field} in ${name}`, at);
  }
  if (hasTyped) return typedData(reader, draft, type, elements, typed);
  if (type.bits === 0 && (elements > 0 || hasRaw)) {
    reader.fail('string_data for strings', `none in ${name}`, at);
  }
  const length = raw?.length ?? 0;
  if (length !== byteLength) {
    const found = raw === undefined ? `no data in ${name}` : `${length} in ${name}`;
    const where = raw?.offset ?? at;
    reader.fail(`${byteLength} bytes for ${type.dtype} [${shapeText(draft.dims)}]`, found, where);
  }
  return { kind: 'inline', span: raw ?? { offset: at, length: 0 }, encoding: 'raw' };
}

function shapeText(dims: readonly number[]): string {
  return dims.slice(0, 8).join(', ');
}

/** Packed floats and doubles are the raw form already; everything else is ONNX's own encoding. */
function typedData(
  reader: WireReader,
  draft: Draft,
  type: OnnxType,
  elements: number,
  typed: TypedData,
): OnnxData {
  const { at } = draft;
  const name = quote(draft.name);
  if (typed.field !== type.typed) {
    reader.fail(`${type.typed} for ${type.dtype}`, `${typed.field} in ${name}`, at);
  }
  const wanted = Math.ceil(elements * type.valuesPerElement);
  checkCount(reader, typed, wanted, `${wanted} values for [${shapeText(draft.dims)}]`, name);
  const first = typed.chunks[0] ?? { offset: at, length: 0 };
  const fixed = typed.field === 'float_data' || typed.field === 'double_data';
  if (fixed && typed.single === 0 && typed.chunks.length === 1) {
    return { kind: 'inline', span: first, encoding: 'raw' };
  }
  const span = { offset: first.offset, length: typed.end - first.offset };
  return { kind: 'inline', span, encoding: 'encoded' };
}

function checkCount(
  reader: WireReader,
  typed: TypedData,
  wanted: number,
  expected: string,
  name: string,
): void {
  const at = typed.chunks[0]?.offset ?? 0;
  const bytes = typed.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const width = typed.field === 'float_data' ? 4 : typed.field === 'double_data' ? 8 : 0;
  if (width > 0) {
    const found = bytes / width + typed.single;
    if (found !== wanted) reader.fail(expected, `${found} in ${name}`, at);
    return;
  }
  if (bytes <= MAX_COUNTED_BYTES) {
    const found = typed.single + countVarints(reader, typed.chunks);
    if (found !== wanted) reader.fail(expected, `${found} in ${name}`, at);
    return;
  }
  const packed = wanted - typed.single;
  if (packed < bytes / 10 || packed > bytes) {
    reader.fail(expected, `${bytes} bytes, too ${packed > bytes ? 'few' : 'many'}`, at);
  }
}

function countVarints(reader: WireReader, chunks: readonly Span[]): number {
  let count = 0;
  for (const { offset, length } of chunks) {
    if (length === 0) continue;
    const bytes = reader.bytes(offset, length);
    for (const byte of bytes) if (byte < 0x80) count += 1;
    if ((bytes[length - 1] ?? 0) >= 0x80) {
      reader.fail('the rest of a number', 'the end of the packed values', offset + length);
    }
  }
  return count;
}

function externalData(
  reader: WireReader,
  draft: Draft,
  type: OnnxType,
  byteLength: number,
): OnnxData {
  const { at } = draft;
  const name = quote(draft.name);
  if (type.bits === 0) reader.fail('strings inside the file', `external ones in ${name}`, at);
  const location = draft.external?.get('location');
  if (location === undefined) return reader.fail('a location', `none in ${name}`, at);
  const offset = externalNumber(reader, draft, 'offset') ?? 0;
  const length = externalNumber(reader, draft, 'length') ?? byteLength;
  if (length !== byteLength) {
    const expected = `${byteLength} bytes for ${type.dtype} [${shapeText(draft.dims)}]`;
    reader.fail(expected, `a length of ${length} in ${name}`, at);
  }
  return { kind: 'external', location, offset, byteLength };
}

function externalNumber(reader: WireReader, draft: Draft, key: string): number | undefined {
  const text = draft.external?.get(key);
  if (text === undefined || text === '') return undefined;
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    reader.fail(`a whole number as external ${key}`, quote(text), draft.at);
  }
  return value;
}
