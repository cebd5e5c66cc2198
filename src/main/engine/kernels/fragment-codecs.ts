import { chooseEncoding, decodeFragment } from '../codecs/choose';
import { codecOf } from '../codecs/index';
import type { Base, CodecId, Content, Effort, Encoded } from '../codecs/types';
import { createZstd } from '../codecs/zstd';
import type { Kernels } from './kernels';

/** How a kernel worker encodes fragments and gets them back; tests put others in. */
export interface FragmentCodecs {
  /** Not verified: whoever asks decodes and compares. */
  encode(content: Content, bases: readonly Base[], effort: Effort): Encoded;
  /** Throws CodecError for damaged data, or gives other bytes. */
  decode(
    encoded: Encoded,
    length: number,
    kind: Content['kind'],
    bases: readonly Base[],
  ): Uint8Array;
  /** Bases that a codec takes: 0, 1 or 2. */
  basesOf(codec: CodecId): number;
}

/** Works in the kernels' memory, from its beginning (CODEC_BYTES of codecs/memory.ts). */
export function fragmentCodecs(kernels: Kernels): FragmentCodecs {
  const tools = { kernels, zstd: createZstd() };
  return {
    encode: (content, bases, effort) => chooseEncoding(content, bases, effort, tools),
    decode: (encoded, length, kind, bases) => decodeFragment(encoded, length, kind, bases, tools),
    basesOf: (codec) => codecOf(codec)?.bases ?? 0,
  };
}
