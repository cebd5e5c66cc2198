import { openByteSource } from '../io/byte-source';
import { ggufReader } from './gguf';
import { numpyOpaqueReason, numpyReader } from './numpy';
import { onnxReader } from './onnx';
import { opaqueReason } from './opaque';
import { pytorchReader } from './pytorch';
import type { ByteSource, FileHeader, Reader } from './reader';
import { safetensorsReader } from './safetensors';

/** In the order they are asked; each recognises its own by extension or content. */
export const readers: readonly Reader[] = [
  safetensorsReader,
  ggufReader,
  numpyReader,
  onnxReader,
  pytorchReader,
];

/** A header, or the neutral sentence that says why there is none. */
export interface ReadHeader extends FileHeader {
  /** Present exactly when `format` is `opaque`. */
  readonly opaqueReason?: string;
}

/** The header of a file that no reader understands, or that is broken. */
export function opaqueHeader(reason: string): ReadHeader {
  return { format: 'opaque', tensors: [], metadata: {}, externals: [], opaqueReason: reason };
}

/** Asks every reader; `opaque` when none knows the file. Throws FormatError, FileError. */
export function readHeaderFrom(source: ByteSource): ReadHeader {
  for (const reader of readers) {
    const header = reader.read(source);
    if (header !== undefined) return header;
  }
  return opaqueHeader(numpyOpaqueReason(source) ?? opaqueReason(source));
}

/** As `readHeaderFrom`, for a file on disk. Throws FormatError, FileError. */
export function readHeader(path: string): ReadHeader {
  const source = openByteSource(path);
  try {
    return readHeaderFrom(source);
  } finally {
    source.close();
  }
}
