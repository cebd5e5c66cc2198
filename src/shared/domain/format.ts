/** What a reader recognised. `opaque`: nobody reads it (yet); stored as bytes. */
export type FormatName = 'safetensors' | 'onnx' | 'gguf' | 'pytorch' | 'numpy' | 'opaque';

/**
 * Element type, spelled as safetensors spells it (`F32`, `BF16`, `I64`, `F8_E4M3` …);
 * other formats map their names onto it. Quantised block types keep their own (`Q4_K`).
 */
export type Dtype = string;

/** A JSON value as a reader shows a file's metadata; numbers beyond 2^53 are strings. */
export type MetadataValue =
  | string
  | number
  | boolean
  | null
  | readonly MetadataValue[]
  | { readonly [key: string]: MetadataValue };
