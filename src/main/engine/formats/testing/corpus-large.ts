import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import type { Section } from './bad-inputs';
import type { Expected } from './corpus';
import { largePickles } from './corpus-large-pickles';
import { array, ggufParts, text as ggufText } from './gguf-file';
import { npyFile, npzFile } from './numpy-file';
import { bytes, graph, model, number, tensor as onnxTensor } from './onnx-file';
import { pickle, unsigned } from './pickle-file';
import { writeSparse } from './sparse';
import { zipFile } from './zip-file';

/** A file of the corpus that is made on disk, because it is large. */
export interface LargeCase {
  readonly section: Section;
  readonly name: string;
  readonly ending: string;
  readonly expect: Expected;
  readonly make: (path: string) => void;
}

const HEADER_BYTES = 100_000_000;

/** A refusal's message, or the number of tensors. */
export type LargeRow = readonly [
  section: Section,
  name: string,
  ending: string,
  expect: RegExp | number,
  make: (path: string) => void,
];

/** A safetensors header of at most `size` bytes from repeated pieces, with `data` bytes behind. */
function headerOf(size: number, pieces: (index: number) => string, data = 0) {
  return (path: string): void => {
    const buffer = Buffer.alloc(size + 8 + data);
    let end = 8;
    for (let index = 0; ; index += 1) {
      const piece = pieces(index);
      if (piece === '' || end + piece.length > size) break;
      end += buffer.write(piece, end, 'latin1');
    }
    buffer.writeBigUInt64LE(BigInt(end - 8));
    writeFileSync(path, buffer.subarray(0, end + data));
  };
}

const entry = (index: number) =>
  `${index === 0 ? '{' : ','}"${index}":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}`;
const TENSORS = 499_000;
const overlapping = (index: number) =>
  index < TENSORS ? entry(index) : index === TENSORS ? '}' : '';

const safetensors: readonly LargeRow[] = [
  ['a 100 MB header of tensors', entry, /at most 500000 tensors/],
  [
    'a 100 MB header with one long name',
    (i: number) => (i === 0 ? '{"' : 'x'.repeat(1000)),
    /the end of a string/,
  ],
  [
    'a 100 MB header with one name of escapes',
    (i: number) => (i === 0 ? '{"' : '\\u0041'.repeat(1000)),
    /end of a string/,
  ],
  ['a 100 MB header of nesting', () => '['.repeat(1000), /as the first byte/],
  [
    'a 100 MB header of spaces',
    (i: number) => (i === 0 ? '{' : ' '.repeat(1000)),
    /the name of a tensor/,
  ],
  [
    'a 100 MB header of metadata',
    (i: number) => (i === 0 ? '{"__metadata__":{' : `"${i}":"",`),
    /100000 metadata/,
  ],
].map(([name, pieces, expect]) => [
  'safetensors',
  name as string,
  '.safetensors',
  expect as RegExp,
  headerOf(HEADER_BYTES, pieces as (index: number) => string),
]);

const overlaps: readonly LargeRow[] = [
  [
    'safetensors',
    '10 million overlapping tensors',
    '.safetensors',
    /a header of at most 100000000 bytes/,
    (path) => {
      const size = 10_000_000 * 54;
      const start = Buffer.concat([unsigned(size, 8), Buffer.from(`${entry(0)}${entry(1)}`)]);
      writeSparse(path, size + 12, [[0, start]]);
    },
  ],
  [
    'safetensors',
    'overlapping tensors, as many as are read',
    '.safetensors',
    /an overlap/,
    headerOf(HEADER_BYTES, overlapping, 4),
  ],
];

/** A GGUF header whose last eight bytes, a length or count, are replaced; a hole follows. */
function ggufHole(pairs: Parameters<typeof ggufParts>[0]['pairs'], count: number, hole: number) {
  return (path: string): void => {
    const { header } = ggufParts(pairs === undefined ? {} : { pairs });
    header.writeBigUInt64LE(BigInt(count), header.length - 8);
    writeSparse(path, header.length + hole, [[0, header]]);
  };
}

const gguf: readonly LargeRow[] = [
  [
    'gguf',
    'a chat template of 100 MB',
    '.gguf',
    0,
    ggufHole([['tokenizer.chat_template', ggufText('')]], 1e8, 1e8),
  ],
  [
    'gguf',
    'an array of a gigabyte',
    '.gguf',
    0,
    ggufHole([['scores', array('f32', [])]], 2 ** 28, 2 ** 30),
  ],
  [
    'gguf',
    'a gigabyte of empty strings',
    '.gguf',
    /at most 16777216 strings/,
    ggufHole([['tokens', array('string', [])]], 2 ** 27, 2 ** 30),
  ],
  [
    'gguf',
    'millions of arrays in an array',
    '.gguf',
    /or 2097152 arrays in arrays/,
    ggufHole([['rows', array('array', [])]], 80_000_000, 960_000_000),
  ],
  [
    'gguf',
    'overlapping tensors, as many as are read',
    '.gguf',
    /an overlap|a tensor at offset/,
    (path) => {
      const tensors = Array.from({ length: 499_000 }, (_, i) => ({
        name: `t${i}`,
        dims: [8],
        offset: 0n,
        bytes: 0,
      }));
      const { header } = ggufParts({ tensors });
      writeFileSync(path, Buffer.concat([header, Buffer.alloc(64)]));
    },
  ],
];

const zips: readonly LargeRow[] = [
  [
    'zip',
    'a pickle of 300 MB in 300 kB',
    '.pt',
    /at most 67108864 bytes/,
    (path) => {
      const size = 300_000_000;
      const packed = deflateRawSync(Buffer.alloc(size, 'N'));
      const member = { name: 'archive/data.pkl', packed, localSize: size, centralSize: size };
      writeFileSync(path, zipFile([member]));
    },
  ],
  [
    'zip',
    'a pickle of 60 MB in 60 kB',
    '.pt',
    /a stack of/,
    (path) => {
      const data = pickle(Buffer.alloc(60_000_000, 'N'));
      writeFileSync(path, zipFile([{ name: 'archive/data.pkl', data, deflate: true }]));
    },
  ],
  [
    'zip',
    '65,534 members',
    '.pt',
    /at most \d+ members|a data\.pkl/,
    (path) => {
      const members = Array.from({ length: 65_534 }, (_, i) => ({ name: `a/${i}`, data: 'x' }));
      writeFileSync(path, zipFile(members));
    },
  ],
  [
    'npz',
    '50,001 members',
    '.npz',
    /at most 50000 members/,
    (path) => {
      const content = Buffer.from('x');
      const members = Array.from({ length: 50_001 }, (_, i) => ({ name: `${i}`, content }));
      writeFileSync(path, npzFile(members));
    },
  ],
  [
    'npz',
    'a deflated array of 300 MB in 300 kB',
    '.npz',
    1,
    (path) => {
      const shape = '(300000000,)';
      const content = npyFile({ descr: "'|u1'", shape, data: Buffer.alloc(300_000_000) });
      writeFileSync(path, npzFile([{ name: 'w.npy', content, deflated: true }]));
    },
  ],
  [
    'npy',
    'an array of 4 TiB without its data',
    '.npy',
    /bytes for/,
    (path) => writeFileSync(path, npyFile({ shape: '(1099511627776,)', data: Buffer.alloc(0) })),
  ],
];

function initializers(count: number): Buffer {
  const one = (index: number) => onnxTensor({ name: `${index}`, dims: [1], raw: Buffer.alloc(4) });
  return Buffer.concat(Array.from({ length: count }, (_, index) => bytes(5, one(index))));
}

/** Sound files of as many tensors as each reader takes. */
const full: readonly LargeRow[] = [
  [
    'safetensors',
    'as many tensors as are read',
    '.safetensors',
    TENSORS,
    headerOf(
      HEADER_BYTES,
      (index) => {
        const place = `{"dtype":"U8","shape":[1],"data_offsets":[${index},${index + 1}]}`;
        if (index >= TENSORS) return index === TENSORS ? '}' : '';
        return `${index === 0 ? '{' : ','}"${index}":${place}`;
      },
      TENSORS,
    ),
  ],
  [
    'gguf',
    'as many tensors as are read',
    '.gguf',
    TENSORS,
    (path) => {
      const tensors = Array.from({ length: TENSORS }, (_, i) => ({ name: `t${i}`, dims: [1] }));
      const { header, dataBytes } = ggufParts({ tensors });
      writeSparse(path, header.length + dataBytes, [[0, header]]);
    },
  ],
  [
    'onnx',
    'as many tensors as are read',
    '.onnx',
    199_000,
    (path) => writeFileSync(path, model(graph(initializers(199_000)))),
  ],
];

const onnx: readonly LargeRow[] = [
  [
    'onnx',
    '30 million fields',
    '.onnx',
    /at most \d+ .*fields|fields/,
    (path) =>
      writeFileSync(path, Buffer.concat([model(graph()), Buffer.alloc(60_000_000, number(99, 1))])),
  ],
  [
    'onnx',
    '600,000 initializers',
    '.onnx',
    /at most 200000 tensors/,
    (path) => writeFileSync(path, model(graph(initializers(600_000)))),
  ],
  [
    'onnx',
    'packed values of 60 MB',
    '.onnx',
    1,
    (path) => {
      const count = 60_000_000;
      const packed = bytes(7, Buffer.alloc(count, 1));
      writeFileSync(
        path,
        model(graph(bytes(5, onnxTensor({ type: 7, dims: [count], more: packed })))),
      );
    },
  ],
];

/** Files that would take a careless reader's memory or time. */
export const largeCases: readonly LargeCase[] = [
  ...safetensors,
  ...overlaps,
  ...full,
  ...gguf,
  ...zips,
  ...largePickles,
  ...onnx,
].map(([section, name, ending, expect, make]) => ({
  section,
  name,
  ending,
  expect:
    typeof expect === 'number'
      ? { kind: 'valid', tensors: expect }
      : { kind: 'refused', message: expect },
  make,
}));
