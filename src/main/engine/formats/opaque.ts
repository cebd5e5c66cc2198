import type { ByteSource } from './reader';
import { extension } from './text';

interface Magic {
  readonly bytes: readonly number[];
  readonly at: number;
  readonly reason: string;
}

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));

const magics: readonly Magic[] = [
  { bytes: ascii('GGUF'), at: 0, reason: 'GGUF: not read yet.' },
  { bytes: ascii('FUGG'), at: 0, reason: 'GGUF with its mark reversed: not read yet.' },
  { bytes: ascii('lmgg'), at: 0, reason: 'GGML, the predecessor of GGUF: not read.' },
  { bytes: ascii('tjgg'), at: 0, reason: 'GGJT, the predecessor of GGUF: not read.' },
  { bytes: [0x93, ...ascii('NUMPY')], at: 0, reason: 'NumPy array: not read yet.' },
  { bytes: [0x89, ...ascii('HDF')], at: 0, reason: 'HDF5 (Keras): not read.' },
  { bytes: ascii('TFL3'), at: 4, reason: 'TensorFlow Lite: not read.' },
  { bytes: ascii('ORTM'), at: 4, reason: 'ONNX Runtime format: not read.' },
  { bytes: ascii('%PDF'), at: 0, reason: 'PDF document, not a model.' },
];

const zipReasons: ReadonlyMap<string, string> = new Map([
  ['.npz', 'NumPy archive: not read yet.'],
  ['.keras', 'Keras archive: not read.'],
  ['.zip', 'Zip archive: not read.'],
  ['.jit', 'TorchScript archive: not read yet.'],
]);

const extensionReasons: ReadonlyMap<string, string> = new Map([
  ['.pt', 'PyTorch pickle: not read yet.'],
  ['.pth', 'PyTorch pickle: not read yet.'],
  ['.ckpt', 'PyTorch pickle: not read yet.'],
  ['.bin', 'Binary file of unknown layout, often a PyTorch pickle: not read yet.'],
  ['.gguf', 'Named as GGUF, but without its mark: not read.'],
  ['.ggml', 'GGML, the predecessor of GGUF: not read.'],
  ['.npy', 'NumPy array: not read yet.'],
  ['.npz', 'NumPy archive: not read yet.'],
  ['.h5', 'HDF5 (Keras): not read.'],
  ['.hdf5', 'HDF5 (Keras): not read.'],
  ['.keras', 'Keras archive: not read.'],
  ['.jit', 'TorchScript archive: not read yet.'],
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
    return zipReasons.get(ending) ?? 'Zip archive, as PyTorch writes them: not read yet.';
  }
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) {
    return 'PyTorch pickle: not read yet.';
  }
  return extensionReasons.get(ending) ?? 'No reader knows this format.';
}
