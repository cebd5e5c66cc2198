import { safetensorsBits } from '../dtypes';
import { accepted, type CorpusCase, refused } from './cases';

/** A file from a header's text (or bytes) and its data; `length` overrides the length field. */
export function safetensorsFile(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(0),
  length?: bigint,
): Buffer {
  const json = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

function one(tensor: string, data = 4): Buffer {
  return safetensorsFile(`{"a":${tensor}}`, new Uint8Array(data));
}

const u8 = (
  begin: number | string,
  end: number | string,
  shape = `[${Number(end) - Number(begin)}]`,
) => `{"dtype":"U8","shape":${shape},"data_offsets":[${begin},${end}]}`;
const f32 = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';

function offsets(text: string): Buffer {
  return one(`{"dtype":"U8","shape":[4],"data_offsets":${text}}`);
}

function shaped(shape: string, end = 4): Buffer {
  return one(`{"dtype":"U8","shape":${shape},"data_offsets":[0,${end}]}`);
}

function typed(dtype: string): Buffer {
  return one(`{"dtype":${dtype},"shape":[4],"data_offsets":[0,4]}`);
}

const whole = safetensorsFile(`{"a":${f32}}`, new Uint8Array(4));

const framing: readonly CorpusCase[] = [
  refused(
    'empty',
    Buffer.alloc(0),
    /at byte 0: expected a header length of 8 bytes, found a file of 0/,
  ),
  ...[1, 2, 3, 4, 5, 6, 7].map((size) =>
    refused(`${size} bytes`, Buffer.alloc(size), /expected a header length of 8 bytes/),
  ),
  refused('header length 0', safetensorsFile(''), /a header of at least 2 bytes, found 0/),
  refused(
    'header beyond the end',
    safetensorsFile('{}', new Uint8Array(0), 300n),
    /a header of 300 bytes/,
  ),
  refused(
    'header over the limit',
    safetensorsFile('{}', new Uint8Array(0), 100_000_001n),
    /at most 100000000/,
  ),
  refused(
    'header of 2^63',
    safetensorsFile('{}', new Uint8Array(0), 2n ** 63n),
    /found 9223372036854775808/,
  ),
  refused(
    'not UTF-8',
    safetensorsFile(
      Buffer.concat([Buffer.from('{"'), Buffer.from([0xff, 0xfe]), Buffer.from(`":${u8(0, 0)}}`)]),
    ),
    /expected UTF-8 text/,
  ),
  refused(
    'overlong UTF-8',
    safetensorsFile(
      Buffer.concat([Buffer.from('{"'), Buffer.from([0xc0, 0xaf]), Buffer.from(`":${u8(0, 0)}}`)]),
    ),
    /expected UTF-8 text/,
  ),
  refused('BOM', safetensorsFile('\ufeff{}'), /at byte 8: expected "\{" as the first byte/),
  refused(
    'NUL padding',
    safetensorsFile('{}\0\0'),
    /at byte 10: expected only spaces .* found byte 0x00/,
  ),
  refused('newline padding', safetensorsFile('{} \n'), /at byte 11: expected only spaces/),
  refused('leading white space', safetensorsFile(' {}'), /as the first byte of the header/),
  refused('2 bytes missing', whole.subarray(0, whole.length - 2), /data within its 2 bytes/),
  refused(
    'trailing bytes',
    Buffer.concat([whole, Buffer.alloc(3)]),
    /the end of the file .* found 3 more bytes/,
  ),
];

const grammar: readonly CorpusCase[] = [
  refused(
    'truncated JSON',
    safetensorsFile(`{"a":${f32}`, new Uint8Array(4)),
    /expected "," or "}"/,
  ),
  refused('array root', safetensorsFile('[{}]'), /as the first byte/),
  refused('a second object', safetensorsFile('{}{}'), /only spaces after the header/),
  refused(
    'comment',
    safetensorsFile(`{/*x*/"a":${f32}}`, new Uint8Array(4)),
    /the name of a tensor, found "\/"/,
  ),
  refused(
    'trailing comma',
    safetensorsFile(`{"a":${f32},}`, new Uint8Array(4)),
    /the name of a tensor/,
  ),
  refused('NaN literal', offsets('[NaN,4]'), /an offset, found "N"/),
  refused(
    'nesting 200',
    shaped(`${'['.repeat(200)}1${']'.repeat(200)}`),
    /a dimension, found "\["/,
  ),
  refused('a tensor that is a string', one('"x"'), /an object that describes a tensor/),
  refused(
    'control character in a name',
    safetensorsFile(`{"a\nb":${u8(0, 0)}}`),
    /no control character/,
  ),
  refused('unknown escape', safetensorsFile(`{"\\x41":${u8(0, 0)}}`), /a JSON escape/),
  refused(
    'duplicate tensor',
    safetensorsFile(`{"a":${f32},"a":${f32}}`, new Uint8Array(4)),
    /every name once, found \\?"a\\?" again/,
  ),
  refused(
    'duplicate through an escape',
    safetensorsFile(`{"a":${f32},"\\u0061":${f32}}`, new Uint8Array(4)),
    /every name once/,
  ),
  refused(
    'duplicate __metadata__',
    safetensorsFile('{"__metadata__":{},"__metadata__":{}}'),
    /every name once/,
  ),
  refused(
    'duplicate dtype',
    one('{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}'),
    /every field once/,
  ),
  refused(
    'duplicate shape',
    one('{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}'),
    /every field once/,
  ),
  refused(
    'duplicate metadata key',
    safetensorsFile('{"__metadata__":{"k":"1","k":"2"}}'),
    /every metadata name once/,
  ),
  refused(
    'metadata with a number',
    safetensorsFile('{"__metadata__":{"k":1}}'),
    /a string, as metadata must be/,
  ),
  refused(
    'metadata with null',
    safetensorsFile('{"__metadata__":{"k":null}}'),
    /a string, as metadata must be/,
  ),
  refused('null metadata', safetensorsFile('{"__metadata__":null}'), /an object of strings/),
  refused(
    'unknown tensor field',
    one('{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}'),
    /found \\?"x\\?"/,
  ),
  refused('lone surrogate', safetensorsFile(`{"\\ud800":${u8(0, 0)}}`), /half of a surrogate pair/),
  refused(
    'swapped surrogates',
    safetensorsFile(`{"\\udc00\\ud800":${u8(0, 0)}}`),
    /half of a surrogate pair/,
  ),
  refused('missing dtype', one('{"shape":[4],"data_offsets":[0,4]}'), /a "dtype", found none/),
  refused('missing shape', one('{"dtype":"U8","data_offsets":[0,4]}'), /a "shape", found none/),
  refused('missing offsets', one('{"dtype":"U8","shape":[4]}'), /"data_offsets", found none/),
];

const numbers: readonly CorpusCase[] = [
  ...['-1', '2.0', '2e0', '2E0', '-0', '"0"', '01', '+1', 'null'].map((text) =>
    refused(`offset ${text}`, offsets(`[${text},4]`), /expected an offset, found/),
  ),
  refused('offset 0x1', offsets('[0x1,4]'), /expected ",", found "x"/),
  refused('offset 2^53 + 1', offsets('[0,9007199254740993]'), /an offset below 2\^53/),
  refused('offset 2^64', offsets('[0,18446744073709551616]'), /an offset below 2\^53/),
  refused('three offsets', offsets('[0,4,4]'), /"\]" after two offsets/),
  refused('one offset', offsets('[0]'), /expected ","/),
  refused('begin > end', offsets('[4,0]'), /an end at or after the begin/),
  refused('end past the file', one(u8(0, 9), 4), /data within its 4 bytes/),
  refused('shape overflow', shaped('[9007199254740993]'), /a dimension below 2\^53/),
  refused('product overflow', shaped('[4294967296,4294967296]'), /below 2\^53 bits/),
  refused(
    'shape and dtype overflow',
    one('{"dtype":"F64","shape":[4503599627370496],"data_offsets":[0,4]}'),
    /below 2\^53 bits/,
  ),
  refused(
    '[0, 2^63, 2^63]',
    shaped('[0,9223372036854775808,9223372036854775808]', 0),
    /below 2\^53/,
  ),
  refused(
    '[0, 2^52, 2^52]',
    shaped('[0,4503599627370496,4503599627370496]', 0),
    /below 2\^53 bits/,
  ),
  refused('negative dimension', shaped('[-4]'), /a dimension, found "-4"/),
  refused('size and shape differ', shaped('[3]'), /expected 3 bytes for U8 \[3\], found 4 bytes/),
  refused('1,025 dimensions', shaped(`[${'1,'.repeat(1024)}1]`, 1), /at most 1024 dimensions/),
  refused('hole at the start', one(u8(1, 4), 4), /begins at 0, found .* a hole/),
  refused(
    'hole in the middle',
    safetensorsFile(`{"a":${u8(0, 1)},"b":${u8(2, 3)}}`, new Uint8Array(3)),
    /begins at 1, found .* a hole/,
  ),
  refused(
    'overlap',
    safetensorsFile(`{"a":${u8(0, 3)},"b":${u8(2, 4)}}`, new Uint8Array(4)),
    /an overlap/,
  ),
  refused(
    'two tensors, one range',
    safetensorsFile(`{"a":${u8(0, 4)},"b":${u8(0, 4)}}`, new Uint8Array(4)),
    /an overlap/,
  ),
  refused(
    'empty tensor inside another',
    safetensorsFile(`{"a":${u8(0, 4)},"b":${u8(2, 2)}}`, new Uint8Array(4)),
    /an overlap/,
  ),
  refused('unknown dtype', typed('"U9"'), /a known dtype, found \\?"U9\\?"/),
  refused('lower-case dtype', typed('"u8"'), /a known dtype/),
  refused('dtype __proto__', typed('"__proto__"'), /a known dtype/),
  refused('dtype that is a number', typed('8'), /the name of an element type/),
  refused(
    'F4 that does not fill bytes',
    one('{"dtype":"F4","shape":[3],"data_offsets":[0,2]}', 2),
    /fill whole bytes, found 12 bits/,
  ),
  refused(
    'F6 that does not fill bytes',
    one('{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,2]}', 2),
    /fill whole bytes/,
  ),
];

const names = [
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['empty', ''],
  ['NUL', '\\u0000'],
  ['1 MB', 'x'.repeat(1_000_000)],
  ['HTML', '<img src=x onerror=alert(1)>'],
  ['right-to-left', '\u202eabc\u05d0'],
  ['../', '../../etc/passwd'],
  ['a surrogate pair', '\\ud83d\\ude00'],
] as const;

const valid: readonly CorpusCase[] = [
  accepted('{}', safetensorsFile('{}')),
  accepted('padded {}', safetensorsFile('{}      ')),
  accepted('white space inside', safetensorsFile(`{ "a" :\n\t${f32}\r}`, new Uint8Array(4))),
  accepted('scalar', one('{"dtype":"F32","shape":[],"data_offsets":[0,4]}')),
  accepted(
    'zero-size',
    safetensorsFile(
      `{"z":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"a":${f32}}`,
      new Uint8Array(4),
    ),
  ),
  accepted(
    'zero-size between',
    safetensorsFile(`{"b":${u8(2, 4)},"z":${u8(2, 2)},"a":${u8(0, 2)}}`, new Uint8Array(4)),
  ),
  accepted(
    'misaligned F32',
    safetensorsFile(
      `{"b":${u8(0, 1)},"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}`,
      new Uint8Array(5),
    ),
  ),
  accepted(
    'NaN, infinity and -0 as data',
    safetensorsFile(
      '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}',
      new Uint8Array(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, -0).buffer),
    ),
  ),
  accepted(
    'metadata',
    safetensorsFile(
      `{"__metadata__":{"format":"pt","__proto__":"x"},"a":${f32}}`,
      new Uint8Array(4),
    ),
  ),
  ...names.map(([label, name]) =>
    accepted(`a name that is ${label}`, safetensorsFile(`{"${name}":${f32}}`, new Uint8Array(4))),
  ),
  ...[...safetensorsBits].map(([dtype, bits]) =>
    accepted(
      `dtype ${dtype}`,
      one(`{"dtype":"${dtype}","shape":[2,4],"data_offsets":[0,${bits}]}`, bits),
    ),
  ),
];

/** Every line of the corpus for safetensors that fits in a few megabytes. */
export const safetensorsCases: readonly CorpusCase[] = [
  ...framing,
  ...grammar,
  ...numbers,
  ...valid,
];
