import { writeFileSync } from 'node:fs';
import type { LargeRow } from './corpus-large';
import { dict, pickle, raw, text, unsigned } from './pickle-file';
import { archive, stream, tensor } from './pytorch-file';

const TENSOR = tensor();
/** Eight objects each, of the million that a pickle may make. */
const PICKLED = 124_000;

const streamOf = (make: () => Uint8Array) => (path: string) => writeFileSync(path, stream(make()));
const archiveOf = (make: () => Uint8Array) => (path: string) =>
  writeFileSync(path, archive(make()));

/** Pickles that would take a careless reader's memory or time. */
export const largePickles: readonly LargeRow[] = [
  [
    'pickle',
    'as many tensors as are read',
    '.pt',
    PICKLED,
    archiveOf(() => pickle('](', Buffer.alloc(PICKLED * TENSOR.length, TENSOR), 'e')),
  ],
  [
    'pickle',
    '20 million lists',
    '.pt',
    /at most 1000000 objects/,
    streamOf(() => pickle(Buffer.alloc(20_000_000, ']'))),
  ],
  [
    'pickle',
    '20 million lists in an archive',
    '.pt',
    /at most 1000000 objects/,
    archiveOf(() => pickle(Buffer.alloc(20_000_000, ']'))),
  ],
  [
    'pickle',
    '20 million Nones',
    '.pt',
    /a stack of/,
    streamOf(() => pickle(Buffer.alloc(20_000_000, 'N'))),
  ],
  [
    'pickle',
    '20 million marks',
    '.pt',
    /at most .* marks/,
    streamOf(() => pickle(Buffer.alloc(20_000_000, '('))),
  ],
  [
    'pickle',
    '35 million opcodes',
    '.pt',
    /at most 30000000 opcodes/,
    streamOf(() => pickle('N', Buffer.alloc(70_000_000, '20'))),
  ],
  [
    'pickle',
    'texts of 200 MB',
    '.pt',
    /bytes of text/,
    streamOf(() => {
      const one = raw(text('x'.repeat(1_000_000)), '0');
      return pickle(Buffer.concat(Array<Buffer>(200).fill(one)));
    }),
  ],
  [
    'pickle',
    'names of a gigabyte',
    '.pt',
    /characters of names/,
    streamOf(() => {
      const many = Array.from({ length: 1000 }, () => raw('h', 0, 'a'));
      const key = text('k'.repeat(1_000_000));
      return pickle(tensor(), 'q', 0, '0', dict({}), key, ']', ...many, 's');
    }),
  ],
  [
    'pickle',
    'a memo of sparse numbers',
    '.pt',
    /out of order/,
    streamOf(() =>
      pickle(
        'N',
        Buffer.concat(
          Array.from({ length: 100_002 }, (_, i) => raw('r', unsigned(2 ** 31 + i, 4))),
        ),
      ),
    ),
  ],
];
