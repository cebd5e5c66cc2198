import type { PickleCase } from './pickle-cases';
import { dict, global, int, list, none, pickle, raw, text, tuple } from './pickle-file';
import { archive, floats, stream, tensor } from './pytorch-file';
import { zipFile } from './zip-file';

const good = tensor();
const system = global('os', 'system');
const arguments_ = tuple(text('touch never'));

const containers: readonly PickleCase[] = [
  { name: 'big-endian', bytes: archive(pickle(good), { byteorder: 'big' }), expect: 'valid' },
  {
    name: 'byte order of junk',
    bytes: archive(pickle(good), { byteorder: 'middle' }),
    expect: /little or big, found "middle"/,
  },
  {
    name: 'all members deflated',
    bytes: archive(pickle(good), { deflate: true }),
    expect: 'valid',
  },
  {
    name: 'a broken pickle that is deflated',
    bytes: archive(pickle(good, 0xff), { deflate: true }),
    expect: /found 0xff \(byte \d+ of the unpacked "archive\/data\.pkl"\)/,
  },
  {
    name: 'a storage that is a pickle',
    bytes: archive(pickle(good), {
      storages: { '0': pickle(text('abcdefg'), none, '0').subarray(0, 16) },
    }),
    expect: 'valid',
  },
  {
    name: 'no data.pkl',
    bytes: archive(pickle(good), { prefix: 'a/b' }),
    expect: /a data\.pkl in a folder/,
  },
  {
    name: 'an early TorchScript archive',
    bytes: zipFile([{ name: 'm/model.json', data: '{}' }]),
    expect: { opaque: /model\.json/ },
  },
  {
    name: 'two data.pkl',
    bytes: archive(pickle(good), { members: [{ name: 'b/data.pkl', data: pickle(none) }] }),
    expect: /one data\.pkl, found "b\/data\.pkl"/,
  },
  {
    name: 'mixed prefixes',
    bytes: archive(pickle(good), { members: [{ name: 'other/x', data: 'x' }] }),
    expect: /members in the folder "archive\/"/,
  },
  {
    name: 'a bad checksum of the pickle',
    bytes: archive(pickle(good)).map((byte, at) => (at === 66 ? byte ^ 1 : byte)),
    expect: /checksum/,
  },
  {
    name: 'a package with code',
    bytes: archive(pickle(good), {
      members: [{ name: 'archive/.data/extern_modules', data: 'x' }],
    }),
    expect: { opaque: /torch\.package/ },
  },
  {
    name: 'a tar archive',
    bytes: Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(250)]),
    expect: { opaque: /tar/ },
  },
  {
    name: 'a pickle alone',
    bytes: pickle(dict({ a: int(1) })),
    expect: { opaque: /did not write/ },
  },
  {
    name: 'a pickle alone, with code',
    bytes: pickle(system, arguments_, 'R'),
    expect: { opaque: /os\.system/ },
  },
  { name: 'a pickle alone, broken', bytes: raw(0x80, 2, '}'), expect: /1 more bytes/ },
  { name: 'another prefix', bytes: archive(pickle(good), { prefix: 'my model' }), expect: 'valid' },
];

const legacyGood = tensor({ view: none });
const old = (name: string, bytes: Uint8Array, expect: PickleCase['expect']): PickleCase => ({
  name,
  bytes,
  expect,
});
const legacy: readonly PickleCase[] = [
  old('stream', stream(pickle(legacyGood)), 'valid'),
  old('stream, big-endian', stream(pickle(legacyGood), { littleEndian: false }), 'valid'),
  old('stream without tensors', stream(pickle(none), { keys: [], storages: [] }), 'valid'),
  old(
    'stream with a view of a storage',
    stream(pickle(tensor({ shape: [2], view: tuple(text('v'), int(2), int(2)) }))),
    'valid',
  ),
  old(
    'stream: view outside',
    stream(pickle(tensor({ view: tuple(text('v'), int(2), int(2)) }))),
    /a view within the 16 bytes/,
  ),
  old(
    'stream: view larger than its storage',
    stream(pickle(tensor({ view: tuple(text('v'), int(2), int(3)) }))),
    /a view of 4 elements/,
  ),
  old('stream: protocol 1002', stream(pickle(legacyGood), { protocol: 1002 }), /protocol 1001/),
  old('stream: code in the object', stream(pickle(system)), { opaque: /os\.system/ }),
  old(
    'stream: more bytes behind',
    stream(pickle(legacyGood), { after: Buffer.alloc(3) }),
    /the end of the file, found 3 more/,
  ),
  old('stream: count differs', stream(pickle(legacyGood), { counts: [5] }), /4 elements, found 5/),
  old(
    'stream: count 2^63',
    stream(pickle(legacyGood), { counts: [-1] }),
    /4 elements, found Infinity/,
  ),
  old(
    'stream: key missing',
    stream(pickle(legacyGood), { keys: [], storages: [] }),
    /the storage "0", found no such key/,
  ),
  old(
    'stream: key unknown',
    stream(pickle(legacyGood), { keys: ['1'] }),
    /the key of a storage in use, found "1"/,
  ),
  old(
    'stream: key twice',
    stream(pickle(legacyGood), { keys: ['0', '0'] }),
    /distinct storage keys/,
  ),
  old(
    'stream: storage of two types',
    stream(pickle(list(legacyGood, tensor({ view: none, type: 'IntStorage' })))),
    /4 elements of F32/,
  ),
  old(
    'stream: storage cut',
    stream(pickle(legacyGood), { storages: [floats(1, 2)], counts: [4] }),
    /16 bytes of "0", found 8/,
  ),
];

/** Archives and streams named `.pt` as the PyTorch reader must take or refuse them. */
export const pytorchCases: readonly PickleCase[] = [...containers, ...legacy];
