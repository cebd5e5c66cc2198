import { createRequire } from 'node:module';
import type * as Binding from 'zstd-napi/binding';
import { CodecError, type Zstd } from './types';

/*
 * The package's low-level half: the comfortable one decompresses into buffers that grow as the frame
 * tells them to. Required at run time, so that no bundler takes the native module apart.
 */
const native = createRequire(import.meta.url)('zstd-napi/binding') as typeof Binding;

/** What a frame of no bytes is decompressed into. */
const EMPTY = new Uint8Array(0);

/** A window of 8 MiB, more than any frame made here asks for: a foreign frame cannot claim more. */
const WINDOW_LOG_MAX = 23;

/**
 * zstd whose contexts are kept from call to call: one set per worker. Input may lie in shared memory;
 * what is returned never does.
 *
 * `shape` `plane` is for byte planes of numbers, which have hardly any repeats: a match finder so
 * small that nearly all bytes become Huffman-coded literals (hashLog 6, minMatch 7: measured smaller
 * and three times faster than plain level 1 on exponents). `sorted`: the same in blocks of 32 KiB or
 * less, each with a Huffman table of its own (measured on sorted differences: 3 to 7 % smaller than
 * zstd's blocks of 128 KiB, and faster to decode).
 */
export function createZstd(): Zstd {
  const contexts = new Map<string, Binding.CCtx>();
  const decoder = new native.DCtx();
  decoder.setParameter(native.DParameter.windowLogMax, WINDOW_LOG_MAX);
  let room = new Uint8Array(0);
  return {
    compress: (bytes, level, shape) => {
      const name = `${level} ${shape ?? ''}`;
      const context = contexts.get(name) ?? createContext(level, shape);
      contexts.set(name, context);
      const bound = native.compressBound(bytes.length) + BLOCK_ROOM;
      if (room.length < bound) room = new Uint8Array(bound);
      const length =
        shape === 'sorted' ? inBlocks(context, bytes, room) : context.compress2(room, bytes);
      return room.slice(0, length);
    },
    decompress: (frame, length, into) => decompress(decoder, frame, length, into),
  };
}

/** Longest and shortest block of `sorted` bytes; between them a sixteenth of the whole. */
const LONGEST_BLOCK = 32_768;
const SHORTEST_BLOCK = 4096;
/** Room for what blocks take beside their bytes, of input of up to 16 MiB. */
const BLOCK_ROOM = 16_384;

/** One frame whose blocks end where a flush ends them. Returns its length. */
function inBlocks(context: Binding.CCtx, bytes: Uint8Array, room: Uint8Array): number {
  const { flush, end } = native.EndDirective;
  const sixteenth = 2 ** Math.ceil(Math.log2(bytes.length / 16 + 1));
  const step = Math.min(LONGEST_BLOCK, Math.max(SHORTEST_BLOCK, sixteenth));
  let written = 0;
  context.reset(native.ResetDirective.sessionOnly);
  context.setPledgedSrcSize(bytes.length);
  for (let done = 0; done < bytes.length; done += step) {
    const isLast = done + step >= bytes.length;
    let block = bytes.subarray(done, done + step);
    for (;;) {
      const [left, made, taken] = context.compressStream2(
        room.subarray(written),
        block,
        isLast ? end : flush,
      );
      written += made;
      block = block.subarray(taken);
      if (left === 0 && block.length === 0) break;
    }
  }
  return written;
}

function createContext(level: number, shape: 'plane' | 'sorted' | undefined): Binding.CCtx {
  const { CParameter } = native;
  const context = new native.CCtx();
  context.setParameter(CParameter.compressionLevel, level);
  context.setParameter(CParameter.contentSizeFlag, 0);
  context.setParameter(CParameter.checksumFlag, 0);
  if (shape !== undefined) {
    context.setParameter(CParameter.hashLog, 6);
    context.setParameter(CParameter.minMatch, 7);
  }
  return context;
}

function decompress(
  decoder: Binding.DCtx,
  frame: Uint8Array,
  length: number,
  into?: Uint8Array,
): Uint8Array {
  const target = into ?? new Uint8Array(length);
  if (target.length !== length) throw new RangeError(`expected room for ${length} bytes`);
  const found = decompressed(decoder, frame, length === 0 ? EMPTY : target);
  if (found !== length) throw new CodecError('zstd', 0, `a frame of ${length} bytes`, `${found}`);
  return target;
}

function decompressed(decoder: Binding.DCtx, frame: Uint8Array, target: Uint8Array): number {
  try {
    return decoder.decompress(target, frame);
  } catch (error) {
    throw new CodecError('zstd', 0, `a frame of ${target.length} bytes`, String(error));
  }
}
