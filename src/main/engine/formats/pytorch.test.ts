import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { readPytorch } from './pytorch';
import { scratchFolder } from './testing/cases';
import { pickleCases } from './testing/pickle-cases';
import {
  call,
  dict,
  float,
  global,
  int,
  list,
  none,
  ordered,
  pickle,
  raw,
  text,
  tuple,
  unsigned,
} from './testing/pickle-file';
import { pytorchCases } from './testing/pytorch-cases';
import {
  archive,
  floats,
  legacyTensor,
  parameter,
  storage,
  stream,
  tensor,
} from './testing/pytorch-file';
import { attempt, faults, names, read } from './testing/pytorch-read';

const scratch = scratchFolder('pytorch');
afterAll(scratch.remove);

describe('the corpus of bad PyTorch files', () => {
  for (const { name, bytes, expect: expected } of [...pickleCases, ...pytorchCases]) {
    const verb =
      expected === 'valid' ? 'accepts' : expected instanceof RegExp ? 'refuses' : 'calls opaque';
    it(`${verb}: ${name}`, () => {
      const start = performance.now();
      const outcome = attempt(bytes);
      expect(performance.now() - start).toBeLessThan(5000);
      if (expected instanceof RegExp) {
        if (!(outcome instanceof FormatError)) throw new Error('it was accepted');
        expect(outcome.message).toMatch(expected);
        expect(outcome.offset).toBeGreaterThanOrEqual(0);
        expect(outcome.offset).toBeLessThanOrEqual(bytes.length);
        return;
      }
      if (outcome === undefined || outcome instanceof FormatError) {
        throw outcome ?? new Error('not recognised');
      }
      expect(attempt(bytes)).toEqual(outcome);
      expect(JSON.stringify(outcome)).not.toMatch(/\bsafe\b/i);
      if (expected === 'valid') {
        expect(outcome.format).toBe('pytorch');
        expect(faults(outcome, bytes.length)).toEqual([]);
      } else {
        expect(outcome).toMatchObject({ format: 'opaque', tensors: [], externals: [] });
        expect(outcome.opaqueReason).toMatch(expected.opaque);
      }
    });
  }

  it('does nothing that a pickle asks for', () => {
    const path = join(scratch.folder, 'written');
    const ask = call(global('os', 'system'), text(`touch ${path}`));
    const header = read(archive(pickle(tuple(ask, tensor()))));
    expect(header.metadata).toMatchObject({
      holdsCode: 'os.system',
      requestedGlobals: ['os.system'],
    });
    expect(existsSync(path)).toBe(false);
  });

  it('keeps the globals that were named before the one that ends the reading', () => {
    const header = read(archive(pickle(tuple(tensor(), global('evil', 'f')))));
    expect(header.metadata.requestedGlobals).toEqual([
      'torch._utils._rebuild_tensor_v2',
      'torch.FloatStorage',
      'collections.OrderedDict',
      'evil.f',
    ]);
  });
});

describe('files cut at every byte', () => {
  it('are refused: archive and stream', () => {
    const files = [
      archive(pickle(dict({ a: tensor(), b: parameter(tensor({ shape: [2] })) }))),
      stream(pickle(list(legacyTensor(), legacyTensor({ shape: [2] })))),
    ];
    for (const file of files) {
      expect(read(file).tensors).toHaveLength(2);
      for (let length = 17; length < file.length; length += 1) {
        expect(attempt(file.subarray(0, length))).toBeInstanceOf(FormatError);
      }
    }
  });

  it('are refused: every pickle of an archive, whole in its member', () => {
    const data = pickle(ordered({ a: tensor(), epoch: int(70_000), loss: float(1) }));
    for (let length = 0; length < data.length; length += 1) {
      expect(attempt(archive(data.subarray(0, length)))).toBeInstanceOf(FormatError);
    }
  });
});

describe('tensors', () => {
  it('are named by the way to them, in the order of the pickle', () => {
    const file = archive(
      pickle(
        dict({
          state_dict: ordered({ 'layer.weight': tensor(), 'layer.bias': tensor({ shape: [1] }) }),
          extra: list(tensor(), tuple(tensor())),
        }),
      ),
    );
    expect(names(read(file))).toEqual([
      'state_dict.layer.weight',
      'state_dict.layer.bias',
      'extra.0',
      'extra.1.0',
    ]);
  });

  it('are located in the file, byte for byte', () => {
    const bytes = floats(1, 2, 3, 4);
    for (const file of [
      archive(pickle(tensor({ shape: [2], offset: 1 }))),
      stream(pickle(legacyTensor({ shape: [2], offset: 1 }))),
    ]) {
      const [entry] = read(file).tensors;
      expect(entry).toMatchObject({ dtype: 'F32', shape: [2], byteLength: 8, encoding: 'raw' });
      const offset = entry?.offset ?? 0;
      expect(file.subarray(offset, offset + 8)).toEqual(bytes.subarray(4, 12));
    }
  });

  it('that share bytes keep their ranges', () => {
    const file = archive(pickle(list(tensor(), tensor({ shape: [2], offset: 2 }), tensor())));
    const [a, b, c] = read(file).tensors;
    expect(b?.offset).toBe((a?.offset ?? 0) + 8);
    expect(c?.offset).toBe(a?.offset);
    expect(read(file).metadata.storages).toBe(1);
  });

  it('that are transposed or expanded are encoded, and named in the metadata', () => {
    const file = archive(
      pickle(
        list(tensor({ shape: [2, 2], strides: [1, 2] }), tensor({ shape: [9], strides: [0] })),
      ),
    );
    const header = read(file);
    expect(header.tensors.map(({ encoding, byteLength }) => [encoding, byteLength])).toEqual([
      ['encoded', 16],
      ['encoded', 4],
    ]);
    expect(header.metadata.nonContiguousTensors).toEqual(['0', '1']);
  });

  it('with strides that do not matter are raw', () => {
    const file = archive(
      pickle(
        list(
          tensor({ shape: [1, 4], strides: [99, 1] }),
          tensor({ shape: [4, 1], strides: [1, 7] }),
        ),
      ),
    );
    expect(read(file).tensors.map(({ encoding }) => encoding)).toEqual(['raw', 'raw']);
  });

  it('of big-endian or deflated storages are encoded', () => {
    const big = read(archive(pickle(tensor()), { byteorder: 'big' }));
    expect(big.tensors[0]?.encoding).toBe('encoded');
    expect(big.metadata.byteOrder).toBe('big');
    const old = read(stream(pickle(legacyTensor()), { littleEndian: false }));
    expect(old.tensors[0]?.encoding).toBe('encoded');
    const long = Buffer.alloc(4000);
    const file = archive(pickle(tensor({ elements: 1000, shape: [1000] })), {
      storages: { '0': long },
      deflate: true,
    });
    const [packed] = read(file).tensors;
    expect(packed?.encoding).toBe('encoded');
    expect(packed?.byteLength).toBeLessThan(100);
  });

  it('come from every way of rebuilding one', () => {
    const utils = (name: string) => global('torch._utils', name);
    const shape = tuple(int(4));
    const stride = tuple(int(1));
    const untyped = raw(
      tuple(
        text('storage'),
        global('torch.storage', 'UntypedStorage'),
        text('0'),
        text('cpu'),
        int(16),
      ),
      'Q',
    );
    const hooks = raw(global('collections', 'OrderedDict'), ')R');
    const v2 = tuple(storage(), int(0), shape, stride, none, hooks);
    const made: readonly (readonly [string, Buffer, string])[] = [
      ['v1', call(utils('_rebuild_tensor'), storage(), int(0), shape, stride), 'F32'],
      [
        'v2 with torch.Size',
        call(
          utils('_rebuild_tensor_v2'),
          storage(),
          int(0),
          call(global('torch', 'Size'), shape),
          stride,
          none,
          hooks,
        ),
        'F32',
      ],
      [
        'v3',
        call(
          utils('_rebuild_tensor_v3'),
          untyped,
          int(0),
          tuple(int(8)),
          stride,
          none,
          hooks,
          global('torch', 'uint16'),
        ),
        'U16',
      ],
      ['parameter', parameter(tensor()), 'F32'],
      [
        'parameter with state',
        call(utils('_rebuild_parameter_with_state'), tensor(), none, hooks, none),
        'F32',
      ],
      [
        'subclass',
        call(
          global('torch._tensor', '_rebuild_from_type_v2'),
          utils('_rebuild_tensor_v2'),
          global('torch.nn.parameter', 'Parameter'),
          v2,
          dict({}),
        ),
        'F32',
      ],
      ['a storage alone', storage(), 'F32'],
    ];
    for (const [what, value, dtype] of made) {
      const header = read(archive(pickle(value)));
      expect([what, header.tensors[0]?.dtype, header.tensors[0]?.byteLength]).toEqual([
        what,
        dtype,
        16,
      ]);
    }
  });

  it('of equal names are told apart', () => {
    const file = archive(pickle(dict({ 'a.b': tensor(), a: dict({ b: tensor() }) })));
    expect(names(read(file))).toEqual(['a.b', 'a.b#2']);
  });

  it('may leave storages of a stream unused', () => {
    const file = stream(pickle(legacyTensor(), raw(storage({ key: '1', view: none }), '0')), {
      keys: ['1', '0'],
      storages: [floats(5, 6, 7, 8), floats(1, 2, 3, 4)],
    });
    const [entry] = read(file).tensors;
    expect(file.subarray(entry?.offset).toString('hex')).toBe(floats(1, 2, 3, 4).toString('hex'));
  });

  it('in containers that are shared a thousandfold are found in bounded time', () => {
    const levels = Array.from({ length: 60 }, (_, i) => raw('](h', i, 'h', i, 'eq', i + 1));
    const file = archive(pickle(list(tensor()), 'q', 0, ...levels.map((level) => raw('0', level))));
    expect(names(read(file))).toHaveLength(1);
  });
});

describe('optimizer state', () => {
  const moments = dict({ step: int(7), exp_avg: tensor(), exp_avg_sq: tensor({ shape: [2] }) });
  const state = dict({
    state: raw('}(', int(0), moments, 'u'),
    param_groups: list(dict({ lr: float(0.1) })),
  });

  it('is named as such where it stands alone, and counted', () => {
    const header = read(archive(pickle(state)));
    expect(names(header)).toEqual(['optimizer.state.0.exp_avg', 'optimizer.state.0.exp_avg_sq']);
    expect(header.metadata.optimizerState).toEqual({ tensors: 2, bytes: 24 });
  });

  it('is counted apart from the weights of a checkpoint', () => {
    const header = read(
      archive(pickle(dict({ model: dict({ w: tensor() }), optimizer: state, epoch: int(3) }))),
    );
    expect(names(header)).toEqual([
      'model.w',
      'optimizer.state.0.exp_avg',
      'optimizer.state.0.exp_avg_sq',
    ]);
    expect(header.metadata.optimizerState).toEqual({ tensors: 2, bytes: 24 });
    expect(header.metadata.values).toEqual({ epoch: 3 });
  });
});

describe('protocols', () => {
  const short = (value: string) => raw(0x8c, value.length, value);
  const reference = (key: Buffer) =>
    raw(
      '(',
      short('storage'),
      short('torch'),
      short('FloatStorage'),
      0x93,
      key,
      short('cpu'),
      int(4),
      'tQ',
    );
  const modern = raw(
    short('torch._utils'),
    short('_rebuild_tensor_v2'),
    0x93,
    0x94,
    '(',
    reference(short('0')),
    int(0),
    int(4),
    0x85,
    int(1),
    0x85,
    0x89,
    short('collections'),
    short('OrderedDict'),
    0x93,
    ')R',
    't',
    'R',
  );
  const framed = (protocol: number) =>
    raw(0x80, protocol, 0x95, unsigned(modern.length + 1, 8), modern, '.');
  const oldest = raw(
    'ctorch._utils\n_rebuild_tensor_v2\np0\n(',
    "(S'storage'\np1\nctorch\nFloatStorage\nS'0'\nVcpu\nI4\ntQ",
    'I0\n(I4\nt(L1L\ntI00\n(ccollections\nOrderedDict\noF1.5\n0tR.',
  );
  it('count what MEMOIZE remembers as CPython does, numbers out of order included', () => {
    // PUT 3, then three MEMOIZE: CPython numbers them 1, 2 and 3, by the count so far.
    const texts = ['a', 'b', 'c'].map((name) => raw(text(name), 0x94, '0'));
    const keyed = (index: number) =>
      archive(raw(0x80, 4, text('x'), 'q', 3, '0', ...texts, '}h', index, tensor(), 's.'));
    expect([1, 2, 3].map((index) => names(read(keyed(index))))).toEqual([['a'], ['b'], ['c']]);
    expect(attempt(keyed(0))).toBeInstanceOf(FormatError);
  });

  it('0 to 5 give the same tensor', () => {
    const files = [oldest, pickle(tensor()), raw(0x80, 3, tensor(), '.'), framed(4), framed(5)];
    for (const data of files) {
      expect(read(archive(data)).tensors).toMatchObject([
        { name: 'tensor', dtype: 'F32', shape: [4], encoding: 'raw' },
      ]);
    }
  });
});

describe('recognition', () => {
  it('needs no extension', () => {
    for (const file of [archive(pickle(tensor())), stream(pickle(legacyTensor()))]) {
      expect(readPytorch(memoryByteSource('0123abcd', file))?.tensors).toHaveLength(1);
    }
  });

  it('leaves other files alone', () => {
    const others: readonly (readonly [string, Uint8Array])[] = [
      ['x.bin', Buffer.from('text')],
      ['x.bin', Buffer.from([0x80, 2, 0xff, 0xff])],
      ['x', pickle(none)],
      ['x.pt', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4])],
      ['x.pt', Buffer.alloc(0)],
      ['x.zip', archive(pickle(none)).subarray(0, 90)],
      ['x.npz', archive(pickle(none), { prefix: 'a/b' })],
    ];
    for (const [name, file] of others) expect(attempt(file, name)).toBeUndefined();
  });
});
