import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { redeflate, settingsOf } from '../src/main/engine/codecs/redeflate';
import { readHeader } from '../src/main/engine/formats/index';
import type { TensorEntry } from '../src/main/engine/formats/reader';
import { MAX_FRAGMENT_BYTES, tensorFragmentLength } from '../src/main/engine/fragments/cut';
import { planSegments, rowBytesOf } from '../src/main/engine/fragments/plan';
import { type ValueKind, valueLayout } from '../src/main/engine/kernels/values';

/** What bytes are to the store. */
export type Cause = 'tensor' | 'gap' | 'deflated';

/** A stretch of a file: at most a fragment long, unless it is a gap. */
export interface Piece {
  readonly cause: Cause;
  readonly bytes: Uint8Array;
  readonly kind: ValueKind | undefined;
  readonly rowBytes: number;
}

export interface StoredFile {
  readonly family: string;
  readonly size: number;
  readonly pieces: readonly Piece[];
}

/** Content-defined chunks of gaps are about this long; for the figures a fixed cut does. */
const GAP_BYTES = 131_072;
/** Level, memLevel and the stream's length, in the manifest. */
const SETTINGS_BYTES = 8;

/** Every model file below `root`, a family per folder. `inflating`: deflated tensors as they were. */
export function readCorpus(root: string, inflating: boolean): StoredFile[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((each) => each.isDirectory());
  return folders.flatMap(({ name: family }) =>
    readdirSync(join(root, family))
      .filter((name) => !/\.(txt|md|json)$/.test(name))
      .map((name) => readFile(join(root, family, name), family, inflating)),
  );
}

function readFile(path: string, family: string, inflating: boolean): StoredFile {
  const bytes = new Uint8Array(readFileSync(path));
  const { tensors } = readHeader(path);
  const own = tensors.filter(({ fileIndex }) => fileIndex === 0);
  const byRange = new Map(own.map((tensor) => [`${tensor.offset}:${tensor.byteLength}`, tensor]));
  const plan = planSegments(
    bytes.length,
    own.map(({ offset, byteLength: length, shape }) => ({
      offset,
      length,
      rowBytes: rowBytesOf(shape, length),
    })),
  );
  const pieces: Piece[] = [];
  for (const [at, offset] of plan.offsets.entries()) {
    const length = plan.lengths[at] ?? 0;
    const part = bytes.subarray(offset, offset + length);
    const tensor = (plan.rowBytes[at] ?? 0) > 0 ? byRange.get(`${offset}:${length}`) : undefined;
    if (tensor === undefined) pieces.push(...cutEvenly(part, 'gap'));
    else pieces.push(...tensorPieces(tensor, part, inflating));
  }
  return { family, size: bytes.length, pieces };
}

function tensorPieces(tensor: TensorEntry, bytes: Uint8Array, inflating: boolean): Piece[] {
  const { dtype, shape, inflate, encoding } = tensor;
  if (inflate === undefined) {
    const kind = encoding === 'raw' ? valueLayout(dtype)?.kind : undefined;
    return cutRows(bytes, kind, rowBytesOf(shape, bytes.length));
  }
  const whole = inflating ? inflated(bytes) : undefined;
  const { skip, length } = inflate;
  if (whole === undefined || whole.length !== skip + length) return cutEvenly(bytes, 'deflated');
  const head = new Uint8Array(skip + SETTINGS_BYTES);
  head.set(whole.subarray(0, skip));
  const data = whole.subarray(skip);
  const kind = valueLayout(dtype)?.kind;
  return [...cutEvenly(head, 'gap'), ...cutRows(data, kind, rowBytesOf(shape, length))];
}

/** Undefined unless the stream can be made again. */
function inflated(stream: Uint8Array): Uint8Array | undefined {
  const bytes = inflateRawSync(stream);
  const settings = settingsOf(bytes, stream);
  const again = settings && redeflate(bytes, settings, stream.length);
  return again && Buffer.compare(again, stream) === 0 ? new Uint8Array(bytes) : undefined;
}

function cutRows(bytes: Uint8Array, kind: ValueKind | undefined, rowBytes: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = tensorFragmentLength(at, bytes.length, rowBytes);
    pieces.push({ cause: 'tensor', bytes: bytes.slice(at, at + length), kind, rowBytes });
    at += length;
  }
  return pieces;
}

function cutEvenly(bytes: Uint8Array, cause: Cause): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += GAP_BYTES) {
    const part = bytes.slice(at, at + GAP_BYTES);
    pieces.push({ cause, bytes: part, kind: undefined, rowBytes: 0 });
  }
  return pieces;
}

/** A piece that is stored; of equal ones the first. */
export interface Unit extends Piece {
  readonly family: string;
}

/**
 * What is stored: every distinct piece once. `solid`: the new gaps of a file one behind the other,
 * in blocks of a fragment's length.
 */
export function unitsOf(files: readonly StoredFile[], solid: boolean): Unit[] {
  const seen = new Set<string>();
  const units: Unit[] = [];
  for (const { family, pieces } of files) {
    const fresh = pieces.filter((piece) => {
      const key = createHash('sha256').update(piece.bytes).digest('base64');
      return !seen.has(key) && seen.add(key);
    });
    const apart = solid ? fresh.filter(({ cause }) => cause !== 'gap') : fresh;
    units.push(...apart.map((piece) => ({ ...piece, family })));
    if (!solid) continue;
    const gaps = new Uint8Array(
      Buffer.concat(fresh.filter(({ cause }) => cause === 'gap').map(({ bytes }) => bytes)),
    );
    for (let at = 0; at < gaps.length; at += MAX_FRAGMENT_BYTES) {
      const bytes = gaps.slice(at, at + MAX_FRAGMENT_BYTES);
      units.push({ family, cause: 'gap', bytes, kind: undefined, rowBytes: 0 });
    }
  }
  return units;
}
