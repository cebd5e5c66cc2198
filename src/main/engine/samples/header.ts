import { bytesPerValue } from './dtypes';
import { type SampleTensor, valuesIn } from './weights';

/**
 * The head of a safetensors file: 8 bytes little-endian length, then JSON padded with spaces to a
 * multiple of 8 (github.com/huggingface/safetensors, "Format"). Tensors follow it without gaps.
 */
export function safetensorsHeader(
  tensors: readonly Pick<SampleTensor, 'name' | 'dtype' | 'shape'>[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const begin = offset;
    offset += valuesIn(shape) * bytesPerValue[dtype];
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, offset] })}`;
  });
  const json = `{"__metadata__":${JSON.stringify(metadata)},${entries.join(',')}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}
