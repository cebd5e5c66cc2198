import {
  call,
  dict,
  emptyTuple,
  float,
  global,
  int,
  list,
  none,
  ordered,
  pickle,
  raw,
  stackGlobal,
  text,
  tuple,
  unsigned,
} from './pickle-file';
import { archive, type MadeTensor, parameter, tensor } from './pytorch-file';

/** One generated file: a header, a refusal (its message), or opaque (its reason). */
export interface PickleCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expect: 'valid' | RegExp | { readonly opaque: RegExp };
}

const refused = (name: string, data: Uint8Array, expect: RegExp): PickleCase => ({
  name,
  bytes: archive(data),
  expect,
});
const code = (name: string, data: Uint8Array, opaque: RegExp): PickleCase => ({
  name,
  bytes: archive(data),
  expect: { opaque },
});
const accepted = (name: string, data: Uint8Array): PickleCase => ({
  name,
  bytes: archive(data),
  expect: 'valid',
});

const system = global('os', 'system');
const arguments_ = tuple(text('touch never'));
const good = tensor();

const streams: readonly PickleCase[] = [
  refused('empty', Buffer.alloc(0), /1 more bytes, found 0/),
  refused('no STOP', raw(0x80, 2, good), /1 more bytes, found 0 to the end of the pickle/),
  refused(
    'a second pickle after STOP',
    raw(pickle(good), pickle(none)),
    /one pickle, found 4 bytes/,
  ),
  refused('a value and then a broken stream', pickle(good, 0xff), /a pickle opcode, found 0xff/),
  refused('two values at the end', pickle(none, good), /one value at the end, found 2/),
  refused('a mark left at the end', pickle('(', good), /one value at the end, found 1, 1 marks/),
  refused('nothing on the stack', pickle(), /a value on the stack, found none/),
  refused('POP below the mark', pickle(none, '(', '00'), /a value on the stack/),
  refused('a tuple without a mark', pickle(none, 't'), /a mark, found none/),
  refused('protocol 255', raw(0x80, 255, good, '.'), /protocol 0 to 5, found 255/),
  refused('PROTO in the middle', pickle(none, '0', 0x80, 2, good), /PROTO first/),
  refused('a false FRAME, too long', pickle(0x95, unsigned(9_999_999, 8), good), /a frame within/),
  refused(
    'a false FRAME, too short',
    pickle(0x95, unsigned(3, 8), good),
    /to the end of its frame/,
  ),
  refused('a false FRAME, 2^63', pickle(0x95, unsigned(2n ** 63n, 8), good), /a frame within/),
  refused(
    'STOP before the end of the frame',
    raw(pickle(0x95, unsigned(3, 8), none), 'N'),
    /the end of the frame/,
  ),
  refused(
    'a frame in a frame',
    pickle(0x95, unsigned(12, 8), 0x95, unsigned(0, 8), none, '0', good),
    /another frame/,
  ),
  refused('BINBYTES8 of 2^63', pickle(0x8e, unsigned(2n ** 63n, 8), good), /within the pickle/),
  refused('BINUNICODE8 of 2^40', pickle(0x8d, unsigned(2n ** 40n, 8), good), /1099511627776 more/),
  refused('BYTEARRAY8 of 2^53', pickle(0x96, unsigned(2n ** 53n, 8), good), /within the pickle/),
  refused('BINUNICODE past the end', pickle('X', unsigned(99_999, 4), good), /99999 more bytes/),
  refused('a negative LONG4', pickle(0x8b, unsigned(-1, 4), good), /length of a number, found -1/),
  refused('a negative BINSTRING', pickle('T', unsigned(-5, 4), good), /length of a text, found -5/),
  refused('text that is not UTF-8', pickle('X', unsigned(1, 4), 0xff, '0', good), /UTF-8 text/),
  refused('INT of words', pickle('Ifoo\n', '0', good), /an integer, found "foo"/),
  refused('FLOAT of words', pickle('F1e5x\n', '0', good), /a floating-point number/),
  refused('STRING without quotes', pickle('Sabc\n', '0', good), /a quoted text/),
  refused('memo number 2^40', pickle(good, 'p1099511627776\n'), /below 2\^32/),
  refused('GET of nothing', pickle('h', 7), /a remembered value, found none under number 7/),
  refused('a buffer outside the file', pickle(0x97), /no buffers outside/),
  refused('PERSID', pickle('P0\n'), /a storage named by a tuple, found the text "0"/),
];

const requests: readonly PickleCase[] = [
  code('GLOBAL of os.system', pickle(system, arguments_, 'R'), /^Holds code: os\.system\.$/),
  code('INST of os.system', pickle('(', text('id'), 'ios\nsystem\n'), /os\.system/),
  code('OBJ of os.system', pickle('(', system, text('id'), 'o'), /os\.system/),
  code('STACK_GLOBAL of posix.system', pickle(stackGlobal('posix', 'system')), /posix\.system/),
  code(
    'NEWOBJ of subprocess.Popen',
    pickle(global('subprocess', 'Popen'), emptyTuple, 0x81),
    /Popen/,
  ),
  code('a request behind good tensors', pickle(tuple(good, system)), /os\.system/),
  code('a request that is thrown away', pickle(system, '0', good), /os\.system/),
  code('EXT1', pickle(0x82, 5), /copyreg extension 5/),
  code('EXT2', pickle(0x83, 5, 1), /copyreg extension 261/),
  code('EXT4', pickle(0x84, unsigned(9, 4)), /copyreg extension 9/),
  ...(
    [
      ['pkgutil', 'resolve_name'],
      ['builtins', 'getattr'],
      ['builtins', 'eval'],
      ['__builtin__', 'apply'],
      ['pickle', 'loads'],
      ['_pickle', 'loads'],
      ['torch', 'load'],
      ['torch.storage', '_load_from_bytes'],
      ['torch.hub', 'load'],
      ['torch._utils', '_import_dotted_name'],
      ['torch.jit', 'load'],
      ['numpy', 'load'],
      ['numpy.core.multiarray', 'fromfile'],
      ['copyreg', '_reconstructor'],
      ['__torch__.a', 'B'],
      ['os.path', 'join'],
    ] as const
  ).map(([module, name]) =>
    code(`${module}.${name}`, pickle(call(global(module, name), text('x'))), /^Holds code: /),
  ),
  code(
    'a dotted name',
    pickle(stackGlobal('torch', '_utils.os.system')),
    /torch\._utils\.os\.system/,
  ),
  code('an allowed name in another module', pickle(global('evil', '_rebuild_tensor_v2')), /evil/),
  code(
    'a storage type that is called',
    pickle(call(global('torch', 'FloatStorage'))),
    /FloatStorage\(\)/,
  ),
  code('a name of markup', pickle(global('<b>', 'x')), /^Holds code: "<b>\.x"\.$/),
];

const forged: readonly PickleCase[] = [
  refused('STACK_GLOBAL with missing memo', pickle(text('os'), 'h', 9, 0x93), /remembered value/),
  refused('STACK_GLOBAL of numbers', pickle(int(1), text('x'), 0x93), /the two names of a global/),
  refused('STACK_GLOBAL of a list', pickle(text('os'), list(), 0x93), /the two names of a global/),
  refused(
    'STACK_GLOBAL forged by BUILD',
    pickle(text('os'), dict({ name: text('system') }), 'b', text('system'), 0x93),
    /takes a state, found a text/,
  ),
  refused(
    'REDUCE of a text',
    pickle(text('os.system'), arguments_, 'R'),
    /a global to call, found a text/,
  ),
  refused(
    'REDUCE of what a call made',
    pickle(call(global('torch', 'Size')), arguments_, 'R'),
    /a global to call, found a torch\.Size/,
  ),
  refused('REDUCE without a tuple', pickle(global('torch', 'Size'), list(), 'R'), /a tuple of arg/),
  refused('OBJ of a text', pickle('(', text('x'), 'o'), /a global to call/),
  refused(
    'NEWOBJ_EX with named arguments',
    pickle(global('torch', 'Size'), emptyTuple, dict({ x: none }), 0x92),
    /no named arguments/,
  ),
  refused('BUILD of a dictionary', pickle(dict({}), dict({}), 'b'), /takes a state/),
  refused(
    'BUILD twice',
    pickle(ordered({}), dict({}), 'b', dict({}), 'b'),
    /one state, found another/,
  ),
  refused('BUILD of a global', pickle(global('torch', 'Size'), dict({}), 'b'), /takes a state/),
  refused('SETITEM of a list', pickle(list(), none, none, 's'), /a dictionary, found a list/),
  refused('SETITEMS of an odd number', pickle('}(', none, 'u'), /a value for every key/),
  refused('APPEND to a dictionary', pickle('}', none, 'a'), /a list, found a dict/),
  refused('ADDITEMS to a list', pickle('](', none, 0x90), /a set, found a list/),
  refused('a key twice', pickle(dict({ a: good }), '(', text('a'), good, 'u'), /distinct keys/),
  refused('a list in itself', pickle(']q', 0, 'h', 0, 'a'), /does not contain itself/),
  refused(
    'a list in itself by way of a tuple',
    pickle(']q', 1, '(h', 1, 't', 'a'),
    /does not contain itself/,
  ),
  refused(
    'depth 100,000',
    pickle(']'.repeat(100_000), 'a'.repeat(99_999)),
    /nesting of at most 1000/,
  ),
  refused('depth 100,000 of marks', pickle('('.repeat(100_000)), /a value on the stack/),
  refused('a reference that is a text', pickle(text('0'), 'Q'), /a reference to a storage/),
  refused(
    'a reference of another kind',
    pickle(tuple(text('module')), 'Q'),
    /reference to a storage/,
  ),
];

const odd = (name: string, made: MadeTensor, expect: RegExp) =>
  refused(name, pickle(tensor(made)), expect);

const views: readonly PickleCase[] = [
  odd('more elements than the storage has', { elements: 5 }, /a storage of 20 bytes, found 16/),
  odd('fewer elements than the storage has', { elements: 3, shape: [3] }, /storage of 12 bytes/),
  odd('elements -1', { elements: -1 }, /the number of elements of a storage, found -1/),
  odd('elements 2^62', { elements: 2n ** 62n }, /the number of elements/),
  odd('offset -1', { offset: -1 }, /an offset, found -1/),
  odd('offset outside', { offset: 1 }, /a view within the 16 bytes of storage "0"/),
  odd('offset 2^60', { offset: 2n ** 60n }, /an offset/),
  odd('offset 2^53 - 1', { offset: 2 ** 53 - 1 }, /below 2\^53 bytes/),
  odd('stride -1', { strides: [-1] }, /a shape and as many strides/),
  odd('stride outside', { strides: [2] }, /a view within/),
  odd('stride that overflows', { strides: [2 ** 52] }, /below 2\^53 bytes/),
  odd('shape outside', { shape: [5] }, /a view within/),
  odd('shape that overflows', { shape: [2 ** 40, 2 ** 40] }, /fewer than 2\^53 elements/),
  odd('shape -1', { shape: [-1], strides: [1] }, /a shape and as many strides/),
  odd('a stride too many', { strides: [4, 1] }, /a shape and as many strides/),
  odd('1,025 dimensions', { shape: Array(1025).fill(1) }, /a shape and as many strides/),
  odd('the storage is missing', { key: '7' }, /the storage "archive\/data\/7", found no such/),
  odd('a key that leads elsewhere', { key: '../version' }, /found no such member/),
  odd('an unknown type of storage', { type: 'Size' }, /the type of a storage, found torch\.Size/),
];

const valid: readonly PickleCase[] = [
  accepted('a tensor alone', pickle(good)),
  accepted('no tensors', pickle(dict({ epoch: int(3), loss: float(0.5) }))),
  accepted('a parameter', pickle(parameter(good))),
  accepted(
    'overlapping views of one storage',
    pickle(list(good, tensor({ shape: [2], offset: 1 }))),
  ),
  accepted('a transposed view', pickle(tensor({ shape: [2, 2], strides: [1, 2] }))),
  accepted('an expanded view', pickle(tensor({ shape: [3, 4], strides: [0, 1] }))),
  accepted('a scalar', pickle(tensor({ shape: [] }))),
  accepted('an empty tensor', pickle(tensor({ shape: [0, 3] }))),
  accepted(
    'memo number 2^31',
    pickle(good, 'r', unsigned(2 ** 31, 4), '0', 'j', unsigned(2 ** 31, 4)),
  ),
  accepted('protocol 0 without PROTO', raw('(lp0\n', good, 'ap1\n.')),
  accepted('a name of 1 MB', pickle(dict({ ['n'.repeat(1_000_000)]: good }))),
  accepted(
    'names of markup and controls',
    pickle(dict({ '<img onerror=x>\u202e\0': good, __proto__x: good })),
  ),
  accepted(
    'an OrderedDict with its state',
    pickle(ordered({ w: good }), dict({ _metadata: ordered({}) }), 'b'),
  ),
];

/** Pickles in archives named `.pt`, as the PyTorch reader must take or refuse them. */
export const pickleCases: readonly PickleCase[] = [
  ...streams,
  ...requests,
  ...forged,
  ...views,
  ...valid,
];
