import type { ValueKind } from '../kernels/values';
import {
  type ByteReader,
  type ByteWriter,
  byteReader,
  byteWriter,
  damaged,
  joined,
  readByte,
  readBytes,
  readVarint,
  writeByte,
  writeBytes,
  writeVarint,
} from './bytes';
import { copied, MAX_CONTENT_BYTES } from './memory';
import { bitsWritten, bitWriter } from './rans-bits';
import { MAX_SCALES, type RansMemory, ransMemory } from './rans-memory';
import {
  bitsBehind,
  type FloatLayout,
  floatLayoutOf,
  type Model,
  stepOf,
  type TokenValues,
  tokenValues,
} from './rans-model';
import { frequenciesOf, mapOf, readTables, type Tables, TOKENS, writeTables } from './rans-tables';
import {
  placeOffsets,
  type Scaling,
  type Subject,
  unsignedToken,
  type Way,
  writeLevels,
} from './rans-weigh';
import { CodecError, type CodecName, type Tools } from './types';

/*
 * Elements of 16- and 32-bit floats as tokens in contexts, coded by rANS, and the bits behind them:
 * assembly/rans-model.ts says what tokens and levels are, assembly/rans.ts what the streams are.
 *
 *   tag      u8: bits 0-1 kind of values (0 alone, 1 differences from the base, 2 differences from
 *            the element above), bit 2 signs within tokens, bit 3 scales of rows, bit 4 of columns
 *   alone    drop u8; origin + 256, varint
 *   above    varint, elements
 *   scales   where bit 3 or 4 is set: elements of a row, varint; origin + 512, varint; length of a
 *            zstd frame, varint; the frame: scales + 64, u8 each, of rows, then of columns
 *   tables   length in bytes, varint; see rans-tables.ts
 *   tokens   length of the stream, varint; the stream
 *   bits     the rest
 *
 * Of elements whose base is the one above, the first row's base is 0.
 */
const tags = {
  alone: 0,
  difference: 1,
  above: 2,
  kinds: 3,
  signs: 4,
  rows: 8,
  columns: 16,
} as const;

/** Encodes what `way` was found for; undefined unless that is smaller than `limit`. */
export function encodeWay(
  subject: Subject,
  way: Way,
  limit: number,
  tools: Tools,
): Uint8Array | undefined {
  const { kernels, memory, layout, count } = subject;
  const { exports } = kernels;
  const { tokens, contexts, elements, stream, map } = memory;
  const { model, scaling, clusters } = way;
  const values = tokenValues(model, layout);
  const behind = clusters.counts.reduce((sum, each) => sum + bitsBehind(each, values), 0);
  if (behind / 8 >= Math.min(limit, MAX_CONTENT_BYTES - 8)) return undefined;
  const tables = { bounds: clusters.bounds, frequencies: clusters.counts.map(frequenciesOf) };
  map.set(mapOf(tables.bounds));
  writeLevels(subject, model, scaling);
  if (model.kind === 'difference' && model.signs === 0) {
    map.set(unsignedToken);
    exports.mapBytes(tokens.byteOffset, count, map.byteOffset);
  }
  placeEncodingTables(subject, tables);
  const end = stream.byteOffset + stream.length;
  const start = exports.encodeTokens(
    tokens.byteOffset,
    contexts.byteOffset,
    count,
    memory.tables.byteOffset,
    end,
  );
  memory.widths.set(values.widths);
  const signs = model.kind === 'difference' ? model.signs : 0;
  const bits = exports.packBits(
    layout.width,
    elements.byteOffset,
    tokens.byteOffset,
    count,
    signs,
    memory.widths.byteOffset,
    memory.base.byteOffset,
  );
  const writer = byteWriter();
  writeHead(writer, model, scaling, tools);
  const table = bitWriter();
  writeTables(table, tables, stepOf(model));
  const tableBytes = bitsWritten(table);
  writeVarint(writer, tableBytes.length);
  writeBytes(writer, tableBytes);
  writeVarint(writer, end - start);
  writeBytes(writer, stream.subarray(start - stream.byteOffset));
  writeBytes(writer, memory.base.subarray(0, bits));
  return writer.length < limit ? joined(writer) : undefined;
}

function placeEncodingTables({ kernels, memory }: Subject, { frequencies }: Tables): void {
  frequencies.forEach((each, table) => {
    memory.frequencies.set(each);
    kernels.exports.encodingTable(
      memory.frequencies.byteOffset,
      memory.tables.byteOffset + table * TOKENS * 16,
    );
  });
}

function writeHead(
  writer: ByteWriter,
  model: Model,
  scaling: Scaling | undefined,
  { zstd }: Tools,
): void {
  const rows = scaling && scaling.rows.length > 0 ? tags.rows : 0;
  const columns = scaling && scaling.columns.length > 0 ? tags.columns : 0;
  if (model.kind === 'alone') {
    writeByte(writer, tags.alone | rows | columns);
    writeByte(writer, model.drop);
    writeVarint(writer, model.origin + 256);
  } else {
    const kind = model.above > 0 ? tags.above : tags.difference;
    writeByte(writer, kind | (model.signs * tags.signs) | rows | columns);
    if (model.above > 0) writeVarint(writer, model.above);
  }
  if (scaling === undefined) return;
  writeVarint(writer, scaling.stride);
  writeVarint(writer, scaling.origin + 512);
  const all = Uint8Array.from([...scaling.rows, ...scaling.columns], (scale) => scale + 64);
  const frame = zstd.compress(all, 3);
  writeVarint(writer, frame.length);
  writeBytes(writer, frame);
}

/** What stands before the streams. */
interface Head {
  readonly model: Model;
  readonly scaling: Scaling | undefined;
}

function readHead(
  reader: ByteReader,
  layout: FloatLayout,
  count: number,
  isDelta: boolean,
  tools: Tools,
): Head {
  const tag = readByte(reader);
  const kind = tag & tags.kinds;
  const fits = isDelta ? kind === tags.difference : kind === tags.alone || kind === tags.above;
  const known = tags.kinds | tags.signs | tags.rows | tags.columns;
  if (!fits || (tag & ~known) !== 0 || (kind === tags.alone && (tag & tags.signs) !== 0)) {
    throw damaged(reader, 'a tag', `${tag}`);
  }
  const model =
    kind === tags.alone
      ? readAlone(reader, layout)
      : readDifference(reader, tag, kind === tags.above, count);
  const scaling =
    (tag & (tags.rows | tags.columns)) === 0 ? undefined : readScaling(reader, tag, count, tools);
  return { model, scaling };
}

function readAlone(reader: ByteReader, { shift, mask }: FloatLayout): Model {
  const drop = readByte(reader);
  const origin = readVarint(reader) - 256;
  if (drop > shift || shift - drop > 3 || origin >= (mask + 1) * 2 ** (shift - drop)) {
    throw damaged(reader, 'tops within the magnitude', `${drop}, ${origin}`);
  }
  return { kind: 'alone', drop, origin };
}

function readDifference(reader: ByteReader, tag: number, isAbove: boolean, count: number): Model {
  const above = isAbove ? readVarint(reader) : 0;
  if (isAbove && (above === 0 || above >= count)) {
    throw damaged(reader, `1 … ${count - 1} elements`, `${above}`);
  }
  return { kind: 'difference', signs: (tag & tags.signs) === 0 ? 0 : 1, above };
}

function readScaling(reader: ByteReader, tag: number, count: number, tools: Tools): Scaling {
  const stride = readVarint(reader);
  const origin = readVarint(reader) - 512;
  if (stride === 0 || Math.ceil(count / stride) + stride > MAX_SCALES || Math.abs(origin) > 1024) {
    throw damaged(reader, 'rows and an origin', `${stride}, ${origin}`);
  }
  const rows = (tag & tags.rows) === 0 ? 0 : Math.ceil(count / stride);
  const columns = (tag & tags.columns) === 0 ? 0 : stride;
  const at = reader.at;
  const frame = readBytes(reader, readVarint(reader));
  const all = Int8Array.from(
    scalesIn(frame, rows + columns, reader.codec, at, tools),
    (scale) => scale - 64,
  );
  return { stride, origin, rows: all.subarray(0, rows), columns: all.subarray(rows) };
}

function scalesIn(
  frame: Uint8Array,
  count: number,
  codec: CodecName,
  at: number,
  { zstd }: Tools,
): Uint8Array {
  try {
    return zstd.decompress(frame, count);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new CodecError(codec, at, error.expected, error.found);
  }
}

/** Decodes `length` bytes; `base`: elements in the memory's base area, of which it needs as many. */
export function decodeRans(
  codec: CodecName,
  data: Uint8Array,
  length: number,
  kind: ValueKind | undefined,
  isDelta: boolean,
  tools: Tools,
): Uint8Array {
  const layout = floatLayoutOf(kind);
  const memory = ransMemory(tools.kernels);
  if (layout === undefined || length % layout.width !== 0 || length > memory.elements.length) {
    throw new CodecError(codec, 0, 'whole floats of 16 or 32 bits', `${length} bytes`);
  }
  if (data.length >= length) {
    throw new CodecError(codec, 0, `fewer than ${length} bytes`, `${data.length}`);
  }
  const reader = byteReader(codec, data);
  const count = length / layout.width;
  const head = readHead(reader, layout, count, isDelta, tools);
  const values = tokenValues(head.model, layout);
  placeDecodingTables(reader, head.model, values, memory, tools);
  const tokens = readBytes(reader, readVarint(reader));
  if (tokens.length < 32)
    throw damaged(reader, 'a stream of at least 32 bytes', `${tokens.length}`);
  const bits = readBytes(reader, data.length - reader.at);
  const subject = { kernels: tools.kernels, memory, layout, count };
  placePlan(subject, head, values, tokens, bits);
  if (tools.kernels.exports.decodeElements(memory.plan.byteOffset, count) !== 1) {
    throw damaged(reader, 'streams that end with the elements', 'others');
  }
  return copied(memory.elements.subarray(0, length));
}

function placeDecodingTables(
  reader: ByteReader,
  model: Model,
  { end }: TokenValues,
  memory: RansMemory,
  { kernels }: Tools,
): void {
  const bits = { data: readBytes(reader, readVarint(reader)), at: 0 };
  const tables = readTables(bits, stepOf(model));
  if (tables === undefined || (bits.at + 7) >> 3 !== bits.data.length) {
    throw damaged(reader, 'tables', 'others');
  }
  tables.frequencies.forEach((each, table) => {
    if (each.findLastIndex((frequency) => frequency > 0) >= end) {
      throw damaged(reader, `tokens below ${end}`, 'others');
    }
    memory.frequencies.set(each);
    kernels.exports.decodingTable(
      memory.frequencies.byteOffset,
      memory.tables.byteOffset + table * 4096 * 4,
    );
  });
  memory.map.set(mapOf(tables.bounds));
}

/** See `decodeElements` of assembly/rans.ts. */
function placePlan(
  { memory, layout, count }: Subject,
  { model, scaling }: Head,
  { bases, widths }: TokenValues,
  tokens: Uint8Array,
  bits: Uint8Array,
): void {
  const { stream, pairs, plan, elements, base, offsets, map, tables } = memory;
  const isAlone = model.kind === 'alone';
  const above = isAlone ? 0 : model.above;
  if (above > 0) base.fill(0, 0, above * layout.width);
  stream.set(tokens);
  stream.set(bits, tokens.length);
  for (let token = 0; token < TOKENS; token++) {
    pairs[2 * token] = bases[token] ?? 0;
    pairs[2 * token + 1] = widths[token] ?? 0;
  }
  const columnsAt = placeOffsets(memory, scaling, count);
  const bitsAt = stream.byteOffset + tokens.length;
  plan.set([
    layout.width,
    isAlone ? 0 : 1,
    isAlone ? 0 : model.signs,
    elements.byteOffset,
    isAlone ? 0 : base.byteOffset,
    above,
    layout.shift,
    layout.mask,
    scaling ? 1 : 0,
    scaling?.stride ?? 0,
    offsets.byteOffset,
    columnsAt,
    map.byteOffset,
    tables.byteOffset,
    stream.byteOffset,
    bitsAt,
    bitsAt,
    bitsAt + bits.length,
    pairs.byteOffset,
  ]);
}
