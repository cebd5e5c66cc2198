import { ggufReader } from '../gguf';
import { numpyReader } from '../numpy';
import { onnxReader } from '../onnx';
import { pytorchReader } from '../pytorch';
import type { Reader } from '../reader';
import { safetensorsReader } from '../safetensors';
import { array, type GgufSpec, ggufFile, ggufParts, text as ggufText, u32 } from './gguf-file';
import { npyFile, npzFile } from './numpy-file';
import * as onnx from './onnx-file';
import { dict, int, list, ordered, pickle, raw, text } from './pickle-file';
import { archive, floats, legacyTensor, parameter, stream, tensor } from './pytorch-file';
import { safetensorsFile } from './safetensors-cases';
import { type Piece, writeSparse } from './sparse';
import { writeSparseZip } from './sparse-zip';

/** A small valid file. */
export interface Sample {
  readonly file: string;
  readonly bytes: Buffer;
  readonly tensors: number;
  /**
   * Why the file may be cut to `length` bytes and not be refused, where the format cannot tell:
   * `readable` is still a file of the format, `unknown` no longer begins like one.
   */
  readonly cut?: (length: number) => 'readable' | 'unknown' | undefined;
}

/** What the suite over all readers knows of one container format. */
export interface FormatSamples {
  readonly label: string;
  readonly reader: Reader;
  readonly small: readonly Sample[];
  readonly large: {
    readonly file: string;
    readonly tensors: number;
    /** Writes a sparse file of gigabytes. */
    readonly write: (path: string) => void;
  };
  /** A file with one tensor of this name, and the longest name in bytes that the format allows. */
  readonly named: { readonly longest: number; readonly of: (name: string) => Sample };
}

const GIB = 2 ** 30;
const TENSOR_BYTES = 32 * 2 ** 20;

interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

function safetensorsHeader(tensors: readonly Placed[]): { header: Buffer; end: number } {
  let end = 0;
  const entries = tensors.map(({ name, shape, bytes }) => {
    end += bytes;
    const place = { dtype: 'F32', shape, data_offsets: [end - bytes, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(place)}`;
  });
  return { header: safetensorsFile(`{${entries.join(',')}}`), end };
}

const many = (count: number, name: (index: number) => string): Placed[] =>
  Array.from({ length: count }, (_, index) => ({
    name: name(index),
    shape: [8192, 1024],
    bytes: TENSOR_BYTES,
  }));

const layers = many(256, (index) => `model.layers.${index}.mlp.up_proj.weight`);

const small = many(3, (index) => `layer.${index}`).map((one, index) => ({
  ...one,
  shape: [2, index],
  bytes: 8 * index,
}));
const smallHeader = safetensorsHeader(small);

export const safetensorsSamples: FormatSamples = {
  label: 'safetensors',
  reader: safetensorsReader,
  small: [
    {
      file: 'a.safetensors',
      bytes: Buffer.concat([smallHeader.header, Buffer.alloc(smallHeader.end, 7)]),
      tensors: 3,
    },
    {
      file: 'meta.safetensors',
      bytes: safetensorsFile(
        '{"__metadata__":{"format":"pt","é":"\\u00e9"},"b":{"dtype":"F4","shape":[4],"data_offsets":[4,6]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}} ',
        Buffer.alloc(6, 1),
      ),
      tensors: 2,
    },
  ],
  large: {
    file: 'large.safetensors',
    tensors: layers.length,
    write: (path) => {
      const { header, end } = safetensorsHeader(layers);
      writeSparse(path, header.length + end, [[0, header]]);
    },
  },
  named: {
    longest: 1_000_000,
    of: (name) => ({
      file: 'n.safetensors',
      bytes: Buffer.concat([
        safetensorsHeader([{ name, shape: [1], bytes: 4 }]).header,
        Buffer.alloc(4),
      ]),
      tensors: 1,
    }),
  },
};

const ggufSample: GgufSpec = {
  pairs: [
    ['general.architecture', ggufText('llama')],
    ['general.alignment', u32(32)],
    ['tokenizer.ggml.tokens', array('string', ['<s>', 'a', '▁the'].map(ggufText))],
    ['scores', array('f32', [{ type: 'f32', value: 1 }])],
    ['rows', array('array', [array('u8', [{ type: 'u8', value: 1 }]), array('string', [])])],
    ['ok', { type: 'bool', value: 1 }],
    ['seed', { type: 'u64', value: 2n ** 63n }],
  ],
  tensors: [
    { name: 'token_embd.weight', dims: [8, 3] },
    { name: 'blk.0.attn_q.weight', dims: [32, 2], type: 8 },
    { name: 'z', dims: [3], type: 1 },
  ],
};

function ggufOf(file: string, spec: GgufSpec): Sample {
  const bytes = ggufFile(spec);
  // The last tensor ends with 6 bytes of its 32; what follows is padding that writers leave out.
  const end = bytes.length - 32 + 6;
  return { file, bytes, tensors: 3, cut: (length) => (length >= end ? 'readable' : undefined) };
}

export const ggufSamples: FormatSamples = {
  label: 'GGUF',
  reader: ggufReader,
  small: [
    ggufOf('v1.gguf', { ...ggufSample, version: 1 }),
    ggufOf('v2.gguf', { ...ggufSample, version: 2 }),
    ggufOf('v3.gguf', ggufSample),
    ggufOf('big.gguf', { ...ggufSample, bigEndian: true }),
  ],
  large: {
    file: 'large.gguf',
    tensors: layers.length,
    write: (path) => {
      const tensors = layers.map(({ name, shape }) => ({ name, dims: shape.toReversed() }));
      const { header, dataBytes } = ggufParts({ ...ggufSample, tensors });
      writeSparse(path, header.length + dataBytes, [[0, header]]);
    },
  },
  named: {
    longest: 63,
    of: (name) => ({
      file: 'n.gguf',
      bytes: ggufFile({ tensors: [{ name, dims: [8] }] }),
      tensors: 1,
    }),
  },
};

const { bytes: field, number: numberField, varint } = onnx;
const eight = new Uint8Array(8);
const onnxGraph = onnx.graph(
  onnx.initializer(onnx.tensor({ raw: eight })),
  onnx.initializer(onnx.tensor({ name: 'i', type: 7, more: field(7, Buffer.of(1, 0xff, 1)) })),
  field(
    1,
    onnx.node(
      'If',
      'y',
      onnx.attribute('b', 6, onnx.graph(onnx.initializer(onnx.tensor({ raw: eight })))),
    ),
  ),
);
const onnxTail = numberField(5, 3);

/** A graph's file of initializers whose raw data are holes. */
function writeLargeOnnx(path: string, count: number, size: number): void {
  const heads = Array.from({ length: count }, (_, index) => {
    const head = Buffer.concat([
      onnx.tensor({ name: `w${index}`, dims: [size / 4] }),
      varint(9 * 8 + 2),
      varint(size),
    ]);
    return Buffer.concat([varint(5 * 8 + 2), varint(head.length + size), head]);
  });
  const length = heads.reduce((sum, head) => sum + head.length + size, 0);
  const start = Buffer.concat([numberField(1, 8), varint(7 * 8 + 2), varint(length)]);
  const pieces: Piece[] = [[0, start]];
  let at = start.length;
  for (const head of heads) {
    pieces.push([at, head]);
    at += head.length + size;
  }
  writeSparse(path, at, pieces);
}

export const onnxSamples: FormatSamples = {
  label: 'ONNX',
  reader: onnxReader,
  small: [
    {
      file: 'a.onnx',
      bytes: onnx.model(onnxGraph, onnxTail),
      tensors: 3,
      // A message has no end mark: cut between fields behind the graph, it is a whole message.
      cut: (length) =>
        length === onnx.model(onnxGraph).length || length === onnx.model(onnxGraph, onnxTail).length
          ? 'readable'
          : undefined,
    },
  ],
  large: { file: 'large.onnx', tensors: 8, write: (path) => writeLargeOnnx(path, 8, GIB) },
  named: {
    longest: 1_000_000,
    of: (name) => ({
      file: 'n.onnx',
      bytes: onnx.modelOf(onnx.tensor({ name, raw: eight })),
      tensors: 1,
    }),
  },
};

const halves = npyFile({ descr: "'<f2'", shape: '(3, 5)', data: Buffer.alloc(30, 9) });

export const npySamples: FormatSamples = {
  label: 'npy',
  reader: numpyReader,
  small: [
    { file: 'a.npy', bytes: halves, tensors: 1 },
    {
      file: 'b.npy',
      bytes: npyFile({ version: [3, 0], descr: "'>f8'", data: Buffer.alloc(16) }),
      tensors: 1,
    },
  ],
  large: {
    file: 'large.npy',
    tensors: 1,
    write: (path) => {
      const header = npyFile({ shape: `(${GIB},)`, data: Buffer.alloc(0) });
      writeSparse(path, header.length + 4 * GIB, [[0, header]]);
    },
  },
  // The file's own name is the tensor's; the header has none.
  named: { longest: 200, of: (name) => ({ file: `${name}.npy`, bytes: halves, tensors: 1 }) },
};

export const npzSamples: FormatSamples = {
  label: 'npz',
  reader: numpyReader,
  small: [
    {
      file: 'a.npz',
      bytes: npzFile([
        { name: 'conv1/W.npy', content: halves },
        { name: 'conv1/b.npy', content: npyFile({}), deflated: true },
        { name: 'é.npy', content: npyFile({ shape: '(0,)', data: new Uint8Array(0) }) },
      ]),
      tensors: 3,
    },
  ],
  large: {
    file: 'large.npz',
    tensors: 8,
    write: (path) => {
      const head = npyFile({ shape: `(${GIB / 4},)`, data: Buffer.alloc(0) });
      const names = many(8, (index) => `layer${index}.npy`).map(({ name }) => name);
      writeSparseZip(
        path,
        names.map((name) => ({ name, head, size: head.length + GIB })),
      );
    },
  },
  named: {
    // Longer paths are refused: no system takes them.
    longest: 4000,
    of: (name) => ({
      file: 'n.npz',
      bytes: npzFile([{ name: `${name}.npy`, content: halves }]),
      tensors: 1,
    }),
  },
};

/** A training checkpoint: weights, a parameter, an optimizer's state, other values. */
export const checkpoint = dict({
  model: ordered({ a: tensor(), b: parameter(tensor({ shape: [2, 2], strides: [1, 2] })) }),
  optimizer: dict({
    state: raw('}(', int(0), tensor({ shape: [2], offset: 2 }), 'u'),
    param_groups: list(),
  }),
  epoch: int(12),
  note: text('x'),
});
const oldObject = pickle(list(legacyTensor(), legacyTensor({ shape: [2], offset: 1 })));
const zipStart = (length: number) => (length < 4 ? 'unknown' : undefined);

export const pytorchZipSamples: FormatSamples = {
  label: 'PyTorch archive',
  reader: pytorchReader,
  small: [
    { file: 'a.pt', bytes: archive(pickle(checkpoint)), tensors: 3, cut: zipStart },
    {
      file: 'deflated.pth',
      bytes: archive(pickle(checkpoint), { deflate: true, byteorder: 'little' }),
      tensors: 3,
      cut: zipStart,
    },
    {
      file: 'script.pt',
      bytes: archive(pickle(raw('c__torch__.m\nM\n)', 0x81, dict({ w: tensor() }), 'b')), {
        members: [
          { name: 'archive/constants.pkl', data: pickle(list()) },
          { name: 'archive/code/__torch__/m.py', data: 'class M(Module):\n' },
        ],
      }),
      tensors: 1,
      cut: zipStart,
    },
  ],
  large: {
    file: 'large.pt',
    tensors: 8,
    write: (path) => {
      const shape = [GIB / 4];
      const tensors = many(8, (index) => `${index}`).map(({ name: key }) => [
        `layer.${key}`,
        tensor({ key, elements: GIB / 4, shape }),
      ]);
      const data = pickle(ordered(Object.fromEntries(tensors)));
      const storages = many(8, (index) => `archive/data/${index}`);
      writeSparseZip(path, [
        { name: 'archive/data.pkl', head: data },
        ...storages.map(({ name }) => ({ name, head: floats(1), size: GIB })),
        { name: 'archive/version', head: Buffer.from('3\n') },
      ]);
    },
  },
  named: {
    longest: 1_000_000,
    of: (name) => ({
      file: 'n.pt',
      bytes: archive(pickle(raw('}(', text(name), tensor(), 'u'))),
      tensors: 1,
    }),
  },
};

export const pytorchStreamSamples: FormatSamples = {
  label: 'PyTorch stream',
  reader: pytorchReader,
  small: [
    {
      file: 'old.pth',
      bytes: stream(oldObject),
      tensors: 2,
      // By then not even a pickle's mark is left.
      cut: (length) => (length < 2 ? 'unknown' : undefined),
    },
  ],
  large: {
    file: 'large.pth',
    tensors: 1,
    write: (path) => {
      const object = pickle(legacyTensor({ elements: GIB, shape: [GIB] }));
      const header = stream(object, { storages: [Buffer.alloc(0)], counts: [GIB] });
      writeSparse(path, header.length + 4 * GIB, [[0, header]]);
    },
  },
  named: {
    longest: 1_000_000,
    of: (name) => ({
      file: 'n.pth',
      bytes: stream(pickle(raw('}(', text(name), legacyTensor(), 'u'))),
      tensors: 1,
    }),
  },
};

/** Every container of every reader. */
export const formatSamples: readonly FormatSamples[] = [
  safetensorsSamples,
  ggufSamples,
  onnxSamples,
  npySamples,
  npzSamples,
  pytorchZipSamples,
  pytorchStreamSamples,
];
