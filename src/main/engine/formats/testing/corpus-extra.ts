import type { Section } from './bad-inputs';
import type { Expected } from './corpus';
import { ggufFile, ggufParts, text as ggufText } from './gguf-file';
import { npyFile, npzFile } from './numpy-file';
import { global, int, list, ordered, pickle, raw, text, tuple } from './pickle-file';
import { archive, legacyTensor, stream, tensor } from './pytorch-file';
import { zipFile } from './zip-file';

/** A file of the corpus that is no case of one reader's own table. */
export interface ExtraCase {
  readonly section: Section;
  readonly name: string;
  /** Extension, with its dot. */
  readonly ending: string;
  readonly bytes: Uint8Array;
  readonly expect: Expected;
}

type Row = readonly [name: string, ending: string, bytes: Uint8Array, expect: Expected];

const refused = (message: RegExp): Expected => ({ kind: 'refused', message });
const opaque = (reason: RegExp): Expected => ({ kind: 'opaque', reason });
const valid = (tensors: number): Expected => ({ kind: 'valid', tensors });

const of = (section: Section, rows: readonly Row[]): ExtraCase[] =>
  rows.map(([name, ending, bytes, expect]) => ({ section, name, ending, bytes, expect }));

/** One file for every byte that `file` may be cut at. */
function cuts(file: Uint8Array, end: number, ending: string, start = 0): Row[] {
  return Array.from({ length: end - start }, (_, index) => {
    const at = start + index;
    return [`cut at byte ${at}`, ending, file.subarray(0, at), refused(/expected .* found /)];
  });
}

const ggufSpec = {
  pairs: [
    ['general.architecture', ggufText('llama')],
    ['k', { type: 'array', of: 'u8', items: [{ type: 'u8', value: 1 }] }],
  ],
  tensors: [{ name: 'a', dims: [4, 2] }],
} as const;

const data = pickle(ordered({ a: tensor(), epoch: int(7) }));
const stop = pickle(tensor());
const pickleCuts: Row[] = Array.from({ length: data.length }, (_, at) => [
  `cut at byte ${at}`,
  '.pt',
  archive(data.subarray(0, at)),
  refused(/expected .* found /),
]);

const whole = archive(stop);
const legacy = stream(pickle(legacyTensor()));
const payload = raw(global('os', 'system'), tuple(text('true')), 'R');
const sevenZip = Buffer.concat([
  Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  Buffer.alloc(90),
]);

/** What the list of bad inputs names and no reader's own table holds. */
export const extraCases: readonly ExtraCase[] = [
  ...of('gguf', cuts(ggufFile(ggufSpec), ggufParts(ggufSpec).header.length, '.gguf')),
  ...of('zip', [
    ['cut in half as an archive of PyTorch', '.pt', whole.subarray(0, 400), refused(/end record/)],
    ['7z', '.pt', sevenZip, opaque(/./)],
    ['7z as .bin', '.bin', sevenZip, opaque(/./)],
    ['a legacy stream named .bin', '.bin', legacy, valid(1)],
    ['a legacy stream without a known extension', '.weights', legacy, valid(1)],
    ['a legacy stream named .safetensors', '.safetensors', legacy, refused(/a header of/)],
    ['a legacy stream named .gguf', '.gguf', legacy, refused(/the mark "GGUF"/)],
    ['an archive named .bin', '.bin', whole, valid(1)],
    ['an archive without a known extension', '.weights', whole, valid(1)],
    ['an archive named .safetensors', '.safetensors', whole, refused(/a header of/)],
    ['an empty archive named .pt', '.pt', zipFile([]), refused(/a data\.pkl/)],
  ]),
  ...of('pickle', [
    ...pickleCuts,
    [
      'a payload and then a broken stream',
      '.pt',
      archive(raw(0x80, 2, payload, 0xff)),
      opaque(/os\.system/),
    ],
    ['a payload and no STOP', '.pt', archive(raw(0x80, 2, payload)), opaque(/os\.system/)],
    ['a payload in the stream', '.pt', stream(raw(0x80, 2, payload, 0xff)), opaque(/os\.system/)],
    [
      'nested pickle.loads',
      '.pt',
      archive(pickle(global('pickle', 'loads'), tuple(raw('C', 4, 'N...')), 'R')),
      opaque(/pickle\.loads/),
    ],
    [
      'shared overlapping views in the stream',
      '.pt',
      stream(pickle(list(legacyTensor(), legacyTensor({ shape: [2], offset: 1 })))),
      valid(2),
    ],
  ]),
  ...of('npy', [
    [
      'object dtype',
      '.npy',
      npyFile({ descr: "'|O'", data: Buffer.from('\x80\x04K\x01.', 'latin1') }),
      opaque(/Python objects/),
    ],
    ['records', '.npy', npyFile({ descr: "[('a', '<f4')]" }), opaque(/records/)],
  ]),
  ...of('npz', [
    // Its members are named as not read; no tensor is shown.
    ['an archive of PyTorch named .npz', '.npz', whole, valid(0)],
    [
      'an array of objects beside another',
      '.npz',
      npzFile([
        { name: 'o.npy', content: npyFile({ descr: "'|O'" }) },
        { name: 'w.npy', content: npyFile({}) },
      ]),
      valid(1),
    ],
  ]),
];
