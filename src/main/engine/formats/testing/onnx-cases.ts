import { accepted, type CorpusCase, refused } from './cases';
import {
  attribute,
  bytes,
  external,
  fixed32,
  graph,
  initializer,
  model,
  modelOf,
  node,
  number,
  tensor,
  varint,
} from './onnx-file';

const eight = new Uint8Array(8);
const good = tensor({ raw: eight });
const packedFloats = bytes(4, new Uint8Array(8));

function nested(depth: number): Buffer {
  let content = graph(initializer(good));
  for (let level = 0; level < depth; level += 1) {
    content = graph(bytes(1, node('If', `n${level}`, attribute('then_branch', 6, content))));
  }
  return model(content);
}

function externalTensor(entries: Readonly<Record<string, string>>, name = 'w'): Buffer {
  return modelOf(tensor({ name, more: external(entries) }));
}

const wire: readonly CorpusCase[] = [
  refused('empty', Buffer.alloc(0), /expected a graph/),
  refused('no graph', number(1, 8), /expected a graph/),
  refused(
    'truncated varint',
    Buffer.concat([model(graph()), Buffer.of(0x80)]),
    /the rest of a number/,
  ),
  refused(
    'varint over 10 bytes',
    Buffer.concat([model(graph()), Buffer.alloc(10, 0x80), Buffer.of(0)]),
    /at most 10 bytes/,
  ),
  refused(
    'varint cut by its message',
    model(graph(Buffer.of(0x80, 0x01, 0xff))),
    /the rest of a number, found its message ends/,
  ),
  refused(
    'length past the end',
    Buffer.concat([number(1, 8), varint(7 * 8 + 2), varint(1000)]),
    /at most 0 bytes/,
  ),
  refused(
    'length of 2^63',
    Buffer.concat([number(1, 8), varint(58), varint(2n ** 63n)]),
    /more than 2\^53/,
  ),
  refused(
    'length past its message',
    model(bytes(5, Buffer.concat([varint(9 * 8 + 2), varint(100)]))),
    /as its message holds/,
  ),
  refused(
    'field number 0',
    Buffer.concat([model(graph()), Buffer.of(0x00, 0x01)]),
    /a field number/,
  ),
  refused(
    'group wire type',
    Buffer.concat([model(graph()), Buffer.of(0x0b)]),
    /wire type 0, 1, 2 or 5/,
  ),
  refused(
    'wire type 7',
    Buffer.concat([model(graph()), Buffer.of(0x0f)]),
    /wire type 0, 1, 2 or 5/,
  ),
  refused(
    'graph as a number',
    Buffer.concat([number(1, 8), number(7, 1)]),
    /wire type 2 for a part of a model/,
  ),
  refused('two graphs', model(graph(), bytes(7, graph())), /one graph/),
  refused('nesting 1,000', nested(1000), /nested at most 32 deep/),
];

const tensors: readonly CorpusCase[] = [
  refused(
    'a length past its message that the file could hold',
    Buffer.concat([
      model(graph(bytes(5, Buffer.concat([varint(9 * 8 + 2), varint(100)])))),
      bytes(6, 'x'.repeat(300)),
    ]),
    /at most 0 bytes, as its message holds/,
  ),
  refused(
    'raw_data too short',
    modelOf(tensor({ raw: new Uint8Array(7) })),
    /8 bytes for F32 \[2\], found 7/,
  ),
  refused(
    'raw_data too long',
    modelOf(tensor({ raw: new Uint8Array(9) })),
    /8 bytes for F32 \[2\], found 9/,
  ),
  refused('no data', modelOf(tensor({})), /8 bytes for F32 \[2\], found no data/),
  refused(
    'raw and typed data',
    modelOf(tensor({ raw: eight, more: packedFloats })),
    /raw or typed data/,
  ),
  refused(
    'raw_data twice',
    modelOf(tensor({ raw: eight, more: bytes(9, eight) })),
    /raw_data once/,
  ),
  refused(
    'two typed fields',
    modelOf(tensor({ more: Buffer.concat([packedFloats, bytes(7, Buffer.of(1, 1))]) })),
    /only float_data/,
  ),
  refused(
    'typed data of another type',
    modelOf(tensor({ type: 7, more: packedFloats })),
    /int64_data for I64/,
  ),
  refused(
    'typed data too short',
    modelOf(tensor({ more: bytes(4, new Uint8Array(4)) })),
    /2 values .* found 1/,
  ),
  refused(
    'typed data of odd length',
    modelOf(tensor({ more: bytes(4, new Uint8Array(7)) })),
    /2 values/,
  ),
  refused(
    'too few varints',
    modelOf(tensor({ type: 7, more: bytes(7, Buffer.of(0x80, 0x01)) })),
    /2 values .* found 1/,
  ),
  refused(
    'packed varint cut',
    modelOf(tensor({ type: 7, more: bytes(7, Buffer.of(1, 1, 0x80)) })),
    /end of the packed values/,
  ),
  refused(
    'duplicate initializer names',
    modelOf(good, good),
    /every initializer name once, found \\?"w/,
  ),
  refused(
    'unknown data type',
    modelOf(tensor({ type: 99, raw: eight })),
    /a known data type, found 99/,
  ),
  refused(
    'undefined data type',
    modelOf(tensor({ type: 0, raw: eight })),
    /a known data type, found 0/,
  ),
  refused('negative dimension', modelOf(tensor({ dims: [-1n], raw: eight })), /a dimension from 0/),
  refused(
    'dimension of 2^62',
    modelOf(tensor({ dims: [2n ** 62n], raw: eight })),
    /a dimension from 0/,
  ),
  refused(
    'shape overflow',
    modelOf(tensor({ dims: [2 ** 40, 2 ** 40], raw: eight })),
    /below 2\^53/,
  ),
  refused(
    '2^31 dims declared',
    modelOf(Buffer.concat([varint(1 * 8 + 2), varint(2 ** 31), good])),
    /as its message holds/,
  ),
  refused(
    '1,025 dims',
    modelOf(tensor({ dims: Array.from({ length: 1025 }, () => 1), raw: eight })),
    /at most 1024 dimensions/,
  ),
  refused(
    'a segment',
    modelOf(tensor({ raw: eight, more: bytes(3, Buffer.alloc(0)) })),
    /a whole tensor/,
  ),
  refused('raw strings', modelOf(tensor({ type: 8, raw: eight })), /string_data/),
  refused(
    'a name that is not UTF-8',
    modelOf(Buffer.concat([number(2, 1), bytes(8, Buffer.of(0xff)), bytes(9, new Uint8Array(4))])),
    /UTF-8 text/,
  ),
];

const outside = [
  ['../', '../data.bin', /leads out of its folder/],
  ['inner ../', 'a/../../data.bin', /leads out of its folder/],
  ['absolute', '/etc/passwd', /is absolute/],
  ['drive', 'C:/data.bin', /names a drive/],
  ['UNC', '\\\\host\\share', /holds a backslash/],
  ['stream', 'data.bin:stream', /holds a colon/],
  ['NUL', 'data\0.bin', /holds a NUL/],
  ['empty', '', /is empty/],
] as const;

const externals: readonly CorpusCase[] = [
  refused(
    'external name that the system refuses',
    externalTensor({ location: 'x'.repeat(4000) }),
    /ENAMETOOLONG/,
  ),
  ...outside.map(([name, location, expected]) =>
    refused(`external location: ${name}`, externalTensor({ location }), expected),
  ),
  refused('external name too long', externalTensor({ location: 'x'.repeat(4000) }), /ENAMETOOLONG/),
  refused('external file missing', externalTensor({ location: 'absent.bin' }), /no such file/),
  refused('external file is a folder', externalTensor({ location: '.' }), /a folder/),
  refused('external without location', externalTensor({ offset: '0' }), /a location, found none/),
  refused(
    'external offset past the end',
    externalTensor({ location: 'data.bin', offset: '4090' }),
    /up to byte 4098, found a file of 4096/,
  ),
  refused(
    'external offset negative',
    externalTensor({ location: 'data.bin', offset: '-8' }),
    /a whole number as external offset/,
  ),
  refused(
    'external offset of 2^64',
    externalTensor({ location: 'data.bin', offset: '18446744073709551616' }),
    /a whole number/,
  ),
  refused(
    'external length wrong',
    externalTensor({ location: 'data.bin', length: '9' }),
    /8 bytes for F32 \[2\], found a length of 9/,
  ),
  refused(
    'external and raw data',
    modelOf(tensor({ raw: eight, more: external({ location: 'data.bin' }) })),
    /no data beside external data/,
  ),
  refused(
    'external strings',
    modelOf(tensor({ type: 8, more: external({ location: 'data.bin' }) })),
    /strings inside the file/,
  ),
];

const valid: readonly CorpusCase[] = [
  accepted('an empty graph', model(graph())),
  accepted('raw data', modelOf(good)),
  accepted('a scalar', modelOf(tensor({ dims: [], raw: new Uint8Array(4) }))),
  accepted('no elements', modelOf(tensor({ dims: [0, 3] }))),
  accepted(
    'packed dims',
    modelOf(Buffer.concat([bytes(1, Buffer.of(2)), number(2, 1), bytes(9, eight)])),
  ),
  accepted('packed floats', modelOf(tensor({ more: packedFloats }))),
  accepted(
    'floats one by one',
    modelOf(tensor({ more: Buffer.concat([fixed32(4, 1), fixed32(4, 2)]) })),
  ),
  accepted('packed doubles', modelOf(tensor({ type: 11, dims: [1], more: bytes(10, eight) }))),
  accepted(
    'packed varints',
    modelOf(tensor({ type: 7, more: bytes(7, Buffer.of(1, 0xff, 0x01)) })),
  ),
  accepted(
    'negative varints',
    modelOf(tensor({ type: 7, dims: [1], more: bytes(7, varint(-1n)) })),
  ),
  accepted('halves as int32_data', modelOf(tensor({ type: 10, more: bytes(5, Buffer.of(1, 2)) }))),
  accepted('odd count of int4', modelOf(tensor({ type: 22, dims: [3], raw: new Uint8Array(2) }))),
  accepted(
    'strings',
    modelOf(tensor({ type: 8, more: Buffer.concat([bytes(6, 'a'), bytes(6, '')]) })),
  ),
  accepted('external data', externalTensor({ location: 'data.bin', offset: '4088', length: '8' })),
  accepted('external data behind ./', externalTensor({ location: './data.bin' })),
  accepted('nesting 30', nested(30)),
  accepted('fields nobody knows', model(graph(), number(99, 1), bytes(100, 'x'))),
];

/** Every line of the corpus for ONNX; `data.bin` of 4,096 bytes must lie beside the file. */
export const onnxCases: readonly CorpusCase[] = [...wire, ...tensors, ...externals, ...valid];
