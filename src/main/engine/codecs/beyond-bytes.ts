import { createRequire } from 'node:module';
import type * as Binding from 'zstd-napi/binding';
import { type Codec, CodecError, codecIds, type Effort } from './types';

/*
 * Bytes that are matched against those of a base: one zstd frame without content size and checksum,
 * whose dictionary (raw content) the base is. Vocabularies, headers and
 * graphs of one family's files are nearly the same texts.
 */

const native = createRequire(import.meta.url)('zstd-napi/binding') as typeof Binding;

const levels: Readonly<Record<Effort, number>> = { fast: 3, balanced: 9, max: 19 };
/** Both of at most 1 MiB and more than a match can reach: 4 MiB. */
const WINDOW_LOG = 22;

let encoder: Binding.CCtx | undefined;
let decoder: Binding.DCtx | undefined;

export const bytesDelta: Codec = {
  id: codecIds.bytesDelta,
  name: 'bytesDelta',
  bases: 1,
  encode: ({ bytes }, [base], limit, effort) => {
    if (base === undefined || bytes.length === 0 || isDictionary(base.bytes)) return undefined;
    encoder ??= createEncoder();
    encoder.setParameter(native.CParameter.compressionLevel, levels[effort]);
    encoder.loadDictionary(base.bytes);
    const room = new Uint8Array(native.compressBound(bytes.length));
    const length = encoder.compress2(room, bytes);
    return length < limit ? room.slice(0, length) : undefined;
  },
  decode: (data, length, _kind, [base]) => {
    if (base === undefined || isDictionary(base.bytes)) {
      throw new CodecError('bytesDelta', 0, 'a base of plain bytes', 'none');
    }
    decoder ??= createDecoder();
    const bytes = new Uint8Array(length);
    const found = decompressed(decoder, data, base.bytes, bytes);
    if (found !== length) {
      throw new CodecError('bytesDelta', 0, `a frame of ${length} bytes`, `${found}`);
    }
    return bytes;
  },
};

/** What begins like a trained dictionary, zstd would take for one. */
function isDictionary(bytes: Uint8Array): boolean {
  return [0x37, 0xa4, 0x30, 0xec].every((byte, at) => bytes[at] === byte);
}

function createEncoder(): Binding.CCtx {
  const { CParameter, CCtx } = native;
  const context = new CCtx();
  context.setParameter(CParameter.windowLog, WINDOW_LOG);
  // Without these a large dictionary is indexed at its tail only.
  context.setParameter(CParameter.hashLog, 21);
  context.setParameter(CParameter.chainLog, 22);
  context.setParameter(CParameter.contentSizeFlag, 0);
  context.setParameter(CParameter.checksumFlag, 0);
  return context;
}

function createDecoder(): Binding.DCtx {
  const context = new native.DCtx();
  context.setParameter(native.DParameter.windowLogMax, WINDOW_LOG);
  return context;
}

function decompressed(
  context: Binding.DCtx,
  data: Uint8Array,
  prefix: Uint8Array,
  bytes: Uint8Array,
): number {
  try {
    return context.decompressUsingDict(bytes, data, prefix);
  } catch (error) {
    throw new CodecError('bytesDelta', 0, `a frame of ${bytes.length} bytes`, String(error));
  }
}
