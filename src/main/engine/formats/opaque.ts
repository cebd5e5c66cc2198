import type { ByteSource } from './reader';
import { extension } from './text';

interface Magic {
  readonly bytes: readonly number[];
  readonly at: number;
  readonly reason: string;
}

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));

const magics: readonly Magic[] = [
  {
    bytes: ascii('FUGG'),
    at: 0,
    reason: 'A GGUF prototype from before version 1, with its mark reversed: not read.',
  },
  { bytes: ascii('lmgg'), at: 0, reason: 'GGML, the predecessor of GGUF: not read.' },
  { bytes: ascii('fmgg'), at: 0, reason: 'GGMF, a predecessor of GGUF: not read.' },
  { bytes: ascii('algg'), at: 0, reason: 'GGLA, an adapter from before GGUF: not read.' },
  { bytes: ascii('tjgg'), at: 0, reason: 'GGJT, the predecessor of GGUF: not read.' },
  { bytes: [0x89, ...ascii('HDF')], at: 0, reason: 'HDF5 (Keras): not read.' },
  { bytes: ascii('TFL3'), at: 4, reason: 'TensorFlow Lite: not read.' },
  { bytes: ascii('ORTM'), at: 4, reason: 'ONNX Runtime format: not read.' },
  { bytes: ascii('%PDF'), at: 0, reason: 'PDF document, not a model.' },
];

const zipReasons: ReadonlyMap<string, string> = new Map([
  ['.keras', 'Keras archive: not read.'],
  ['.zip', 'Zip archive: not read.'],
]);

const extensionReasons: ReadonlyMap<string, string> = new Map([
  ['.pt', 'Named as PyTorch, but neither its archive nor its stream: not read.'],
  ['.pth', 'Named as PyTorch, but neither its archive nor its stream: not read.'],
  ['.ckpt', 'Named as PyTorch, but neither its archive nor its stream: not read.'],
  ['.bin', 'Binary file of unknown layout: not read.'],
  ['.gguf', 'Named as GGUF, but without its mark: not read.'],
  ['.ggml', 'GGML, the predecessor of GGUF: not read.'],
  ['.h5', 'HDF5 (Keras): not read.'],
  ['.hdf5', 'HDF5 (Keras): not read.'],
  ['.keras', 'Keras archive: not read.'],
  ['.msgpack', 'Flax checkpoint (MessagePack): not read.'],
  ['.tflite', 'TensorFlow Lite: not read.'],
  ['.pb', 'Protocol buffer (TensorFlow graph or ONNX tensor): not read.'],
  ['.engine', 'TensorRT engine: not read, it fits one device only.'],
  ['.plan', 'TensorRT engine: not read, it fits one device only.'],
  ['.ort', 'ONNX Runtime format: not read.'],
  ['.mlmodel', 'Core ML: not read.'],
  ['.pdparams', 'PaddlePaddle: not read.'],
]);

function startsWith(head: Uint8Array, bytes: readonly number[], at: number): boolean {
  return head.length >= at + bytes.length && bytes.every((byte, i) => head[at + i] === byte);
}

/** Why no reader took a file: a neutral sentence, told from its first bytes, then its extension. */
export function opaqueReason(source: ByteSource): string {
  if (source.size === 0) return 'The file is empty.';
  const head = source.read(0, Math.min(source.size, 16));
  const magic = magics.find(({ bytes, at }) => startsWith(head, bytes, at));
  if (magic !== undefined) return magic.reason;
  const ending = extension(source.path);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04], 0)) {
    return zipReasons.get(ending) ?? 'Zip archive of another program: not read.';
  }
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) {
    return 'Python pickle that PyTorch did not write: its values are not read.';
  }
  return extensionReasons.get(ending) ?? 'No reader knows this format.';
}
