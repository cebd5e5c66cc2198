import {
  type ByteReader,
  type ByteWriter,
  damaged,
  readByte,
  readBytes,
  readEnd,
  readVarint,
  writeByte,
  writeBytes,
  writeVarint,
} from './bytes';
import { packingOf, readPacked, writePacked } from './packed';
import { CodecError, type Effort, type Tools } from './types';

/*
 * How one plane is stored. Its length is known to the reader beforehand, so a stream is:
 *
 *   tag  u8        what follows
 *   0    raw       the bytes
 *   1    constant  one byte, which all are
 *   2    zstd      length of the frame, varint; the frame, without content size and checksum
 *   3    rans      reserved
 *   4    packed    few different bytes by bits: see packed.ts
 *
 * An empty plane takes no bytes at all. Part of the format on disk: tags are never renumbered.
 */
export const streamTags = { raw: 0, constant: 1, zstd: 2, rans: 3, packed: 4 } as const;

const USUAL_LEVEL = 3;
const MAX_LEVEL = 19;

/** Appends a plane as the smallest of what the effort tries; it must not change until `joined`. */
export function writeStream(
  writer: ByteWriter,
  plane: Uint8Array,
  effort: Effort,
  tools: Tools,
  shape: 'plane' | 'sorted' = 'plane',
): void {
  if (plane.length === 0) return;
  if (isConstant(plane)) {
    writeByte(writer, streamTags.constant);
    writeBytes(writer, plane.subarray(0, 1));
    return;
  }
  const frame = smallestFrame(plane, shape, effort, tools);
  const packing = mayBePacked(plane, frame.length) ? packingOf(plane) : undefined;
  if (packing !== undefined && packing.length < frame.length) {
    writeByte(writer, streamTags.packed);
    writePacked(writer, plane, packing);
  } else if (frame.length + varintLength(frame.length) < plane.length) {
    writeByte(writer, streamTags.zstd);
    writeVarint(writer, frame.length);
    writeBytes(writer, frame);
  } else {
    writeByte(writer, streamTags.raw);
    writeBytes(writer, plane);
  }
}

/** Appends planes one after another; false as soon as they are not below the limit. */
export function writeStreams(
  writer: ByteWriter,
  planes: readonly Uint8Array[],
  limit: number,
  effort: Effort,
  tools: Tools,
  shape: 'plane' | 'sorted' = 'plane',
): boolean {
  return planes.every((plane) => {
    writeStream(writer, plane, effort, tools, shape);
    return writer.length < limit;
  });
}

/** Fills the planes from the streams that are left, which must be as many. Throws CodecError. */
export function readStreams(reader: ByteReader, planes: readonly Uint8Array[], tools: Tools): void {
  for (const plane of planes) readStream(reader, plane, tools);
  readEnd(reader);
}

/** Fills `plane` from the next stream. Throws CodecError. */
export function readStream(reader: ByteReader, plane: Uint8Array, tools: Tools): void {
  if (plane.length === 0) return;
  const tag = readByte(reader);
  if (tag === streamTags.raw) plane.set(readBytes(reader, plane.length));
  else if (tag === streamTags.constant) plane.fill(readByte(reader));
  else if (tag === streamTags.zstd) readFrame(reader, plane, tools);
  else if (tag === streamTags.packed) readPacked(reader, plane);
  else throw damaged(reader, 'the tag of a stream', `${tag}`);
}

function readFrame(reader: ByteReader, plane: Uint8Array, { zstd }: Tools): void {
  const frame = readBytes(reader, readVarint(reader));
  try {
    zstd.decompress(frame, plane.length, plane);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new CodecError(reader.codec, reader.at - frame.length, error.expected, error.found);
  }
}

/** Whether a plane takes as much as it would packed, or more, and begins with few different bytes. */
function mayBePacked(plane: Uint8Array, frameLength: number): boolean {
  const begin = plane.subarray(0, 256);
  return frameLength * 8 > plane.length && packingOf(begin) !== undefined;
}

/** Whether all bytes are one; of none and of one, yes. */
export function isConstant(bytes: Uint8Array): boolean {
  return hasPeriod(bytes, 1);
}

/** Whether every byte is the one that stands `period` before it. */
export function hasPeriod(bytes: Uint8Array, period: number): boolean {
  if (bytes.length <= period) return true;
  return Buffer.compare(bytes.subarray(period), bytes.subarray(0, bytes.length - period)) === 0;
}

/** Planes that take less than this part of their bytes have structure that the optimal parser finds. */
const LOW = 0.3;

function smallestFrame(
  plane: Uint8Array,
  shape: 'plane' | 'sorted',
  effort: Effort,
  { zstd }: Tools,
): Uint8Array {
  const quick = zstd.compress(plane, 1, shape);
  if (effort !== 'max') return quick;
  const usual = zstd.compress(plane, USUAL_LEVEL);
  const best = usual.length < quick.length ? usual : quick;
  if (best === quick && quick.length > LOW * plane.length) return quick;
  const slow = zstd.compress(plane, MAX_LEVEL);
  return slow.length < best.length ? slow : best;
}

function varintLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : 3;
}
