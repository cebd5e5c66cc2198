import { ggmlTypes, removedGgmlTypes } from '../gguf-types';
import { accepted, type CorpusCase, refused } from './cases';
import { array, type GgufSpec, GgufWriter, ggufFile, text, u32 } from './gguf-file';

const arch = ['general.architecture', text('llama')] as const;
const f32 = { name: 'a', dims: [4] } as const;
const whole = ggufFile({ pairs: [arch], tensors: [f32] });
const writer = new GgufWriter(false, true);

/** One metadata entry whose value's bytes are given. */
function rawPair(type: number, value: Uint8Array): Buffer {
  const rest = Buffer.concat([writer.string('k'), writer.fixed('u32', type), value]);
  return ggufFile({ pairCount: 1n, rest: Buffer.concat([rest, Buffer.alloc(16)]) });
}

/** One metadata entry whose key's bytes, length included, are given. */
function rawKey(key: Uint8Array): Buffer {
  return ggufFile({ pairCount: 1n, rest: Buffer.concat([key, Buffer.alloc(40)]) });
}

function alignment(value: number): Buffer {
  return ggufFile({ pairs: [['general.alignment', u32(value)]], tensors: [f32] });
}

function tensor(dims: readonly (number | bigint)[], type = 0, offset?: bigint): Buffer {
  const bytes = 64;
  const spec = { name: 'a', dims, type, bytes };
  return ggufFile({ tensors: [offset === undefined ? spec : { ...spec, offset }] });
}

function named(...names: readonly string[]): Buffer {
  return ggufFile({ tensors: names.map((name) => ({ name, dims: [8] })) });
}

function counts(spec: GgufSpec): Buffer {
  return ggufFile({ ...spec, rest: Buffer.alloc(64) });
}

function version(bytes: readonly number[]): Buffer {
  const file = Buffer.from(whole);
  file.set(bytes, 4);
  return file;
}

function nested(depth: number): Buffer {
  const level = Buffer.concat([writer.type('array'), writer.size(1)]);
  const inner = Buffer.concat([writer.type('u8'), writer.size(1), Buffer.of(7)]);
  return Buffer.concat([...Array.from({ length: depth - 1 }, () => level), inner]);
}

const start: readonly CorpusCase[] = [
  refused('empty', Buffer.alloc(0), /at byte 0: expected the mark "GGUF", found a file of 0 bytes/),
  refused('3 bytes', Buffer.from('GGU'), /the mark "GGUF", found a file of 3 bytes/),
  refused('bad magic', Buffer.concat([Buffer.from('GGUG'), whole.subarray(4)]), /found "GGUG"/),
  refused('version 0', version([0, 0, 0, 0]), /version 1, 2 or 3, found 0/),
  refused('version 4', version([4, 0, 0, 0]), /version 1, 2 or 3, found 4/),
  refused('version 2^32 - 1', version([255, 255, 255, 255]), /found 4294967295/),
  refused('version 1, byte-swapped', version([0, 0, 0, 1]), /version 3, the only one/),
  refused('version 4, byte-swapped', version([0, 0, 0, 4]), /version 4, big-endian/),
  refused('version 3 swapped, the rest not', version([0, 0, 0, 3]), /at most \d+ tensors/),
  refused('n_tensors -1', counts({ tensorCount: 2n ** 64n - 1n }), /found 18446744073709551615/),
  refused('n_tensors 2^32', counts({ tensorCount: 2n ** 32n }), /at most 2 tensors/),
  refused('n_tensors 2^63', counts({ tensorCount: 2n ** 63n }), /found 9223372036854775808/),
  refused('n_kv -1', counts({ pairCount: 2n ** 64n - 1n }), /at most 4 metadata entries/),
  refused('n_kv 2^32', counts({ pairCount: 2n ** 32n }), /at most 4 metadata entries/),
  refused('n_kv 2^63', counts({ pairCount: 2n ** 63n }), /found 9223372036854775808/),
  refused('one tensor too many', counts({ tensorCount: 1n }), /a tensor name of 1 to 63 bytes/),
];

const keys: readonly CorpusCase[] = [
  refused('key length -1', rawKey(writer.size(2n ** 64n - 1n)), /18446744073709551615 bytes/),
  refused('key length 2^63', rawKey(writer.size(2n ** 63n)), /a key of 1 to 65535 bytes/),
  refused('empty key', rawKey(writer.string('')), /a key of 1 to 65535 bytes, found 0 bytes/),
  refused('key over 65535', rawKey(writer.string('k'.repeat(65_536))), /found 65536 bytes/),
  refused('key past the end', rawKey(writer.size(60_000)), /a key of 60000 bytes/),
  refused('key not UTF-8', rawKey(writer.string(Buffer.of(0xff, 0xfe))), /a key in UTF-8/),
  refused('duplicate key', ggufFile({ pairs: [arch, arch] }), /every key once/),
  refused('value type 13', rawPair(13, Buffer.alloc(8)), /a value type from 0 to 12, found 13/),
  refused('value type -1', rawPair(2 ** 32 - 1, Buffer.alloc(8)), /found 4294967295/),
  refused('bool 2', rawPair(7, Buffer.of(2)), /a boolean of 0 or 1, found 2/),
  refused(
    'bool 2 in an array',
    rawPair(9, Buffer.concat([writer.type('bool'), writer.size(2), Buffer.of(1, 2)])),
    /a boolean of 0 or 1, found 2/,
  ),
  refused('string length 2^63', rawPair(8, writer.size(2n ** 63n)), /9223372036854775808 bytes/),
  refused('string past the end', rawPair(8, writer.size(17)), /at most 16 bytes, found 17 bytes/),
  refused(
    'array length 2^63 in 43 bytes',
    rawPair(9, Buffer.concat([writer.type('u8'), writer.size(2n ** 63n)])).subarray(0, 49),
    /found 9223372036854775808 items of type u8/,
  ),
  refused(
    'array of strings past the end',
    rawPair(9, Buffer.concat([writer.type('string'), writer.size(3)])),
    /an array within the 16 bytes left, found 3 items/,
  ),
  refused(
    'a string in an array past the end',
    rawPair(9, Buffer.concat([writer.type('string'), writer.size(1), writer.size(17)])),
    /a string of at most 16 bytes, found 17 bytes/,
  ),
  refused(
    'array items of type 99',
    rawPair(9, Buffer.concat([writer.fixed('u32', 99), writer.size(1)])),
    /the type of array items from 0 to 12, found 99/,
  ),
  refused('arrays 5 deep', rawPair(9, nested(5)), /nested at most 4 deep/),
  refused('arrays 10,000 deep', rawPair(9, nested(10_000)), /nested at most 4 deep/),
];

const alignments: readonly CorpusCase[] = [
  ...[0, 13, 33, 2 ** 31, 2 ** 32 - 1].map((value) =>
    refused(`alignment ${value}`, alignment(value), /an alignment that is a power of 2/),
  ),
  refused(
    'alignment of type u64',
    ggufFile({ pairs: [['general.alignment', { type: 'u64', value: 32n }]], tensors: [f32] }),
    /general.alignment of type u32, found u64/,
  ),
  refused(
    'alignment that is text',
    ggufFile({ pairs: [['general.alignment', text('32')]], tensors: [f32] }),
    /general.alignment of type u32, found string/,
  ),
];

const tensors: readonly CorpusCase[] = [
  refused('tensor name of 64 bytes', named('n'.repeat(64)), /1 to 63 bytes, found 64 bytes/),
  refused('empty tensor name', named(''), /a tensor name of 1 to 63 bytes, found 0/),
  refused('duplicate tensor name', named('a', 'a'), /every tensor name once, found "a" again/),
  refused('n_dims 0', tensor([]), /1 to 4 dimensions, found 0/),
  refused('n_dims 5', tensor([1, 1, 1, 1, 1]), /1 to 4 dimensions, found 5/),
  refused(
    'n_dims 2^32 - 1',
    ggufFile({
      tensorCount: 1n,
      rest: Buffer.concat([writer.string('a'), writer.fixed('u32', 2 ** 32 - 1), Buffer.alloc(64)]),
    }),
    /found 4294967295 in "a"/,
  ),
  refused('dimension -1', tensor([2n ** 64n - 1n]), /found 18446744073709551615 in "a"/),
  refused('dimension 2^63', tensor([2n ** 63n]), /a dimension from 0 to 2\^53/),
  refused('elements overflow', tensor([2 ** 32, 2 ** 32]), /fewer than 2\^53 elements/),
  refused('elements overflow beside 0', tensor([2 ** 32, 2 ** 32, 0]), /fewer than 2\^53 ele/),
  refused('bytes overflow', tensor([2 ** 52]), /fewer than 2\^53 bytes/),
  refused('accumulated overflow', tensor([2 ** 50]), /data within its 64 bytes/),
  refused('type -1', tensor([16], -1), /a tensor type, found -1/),
  ...[...removedGgmlTypes].map(([number, name]) =>
    refused(`removed type ${name}`, tensor([32], number), /taken out of the format/),
  ),
  ...[...ggmlTypes]
    .filter(([, { elements }]) => elements > 1)
    .map(([number, { dtype, elements }]) =>
      refused(
        `a row of ${dtype} that is no block multiple`,
        tensor([elements + elements / 2, 2], number),
        new RegExp(`a multiple of ${elements} elements for ${dtype}`),
      ),
    ),
  refused('offset unaligned', tensor([16], 0, 8n), /a multiple of 32, found 8/),
  refused('offset wrong', tensor([8], 0, 32n), /a tensor at offset 0, .* a hole/),
  refused('offset past the end', tensor([16], 0, 2n ** 40n), /a tensor at offset 0/),
  refused('offset 2^60', tensor([16], 0, 2n ** 60n), /an offset within the file/),
  refused('offset 2^63', tensor([16], 0, 2n ** 63n), /an offset within the file/),
  refused(
    'overlap',
    ggufFile({
      tensors: [
        { name: 'a', dims: [16] },
        { name: 'b', dims: [8], offset: 32n },
      ],
    }),
    /a tensor at offset 64, found "b" at 32: an overlap/,
  ),
  refused(
    'two tensors, one place',
    ggufFile({
      tensors: [
        { name: 'a', dims: [8] },
        { name: 'b', dims: [8], offset: 0n },
      ],
    }),
    /an overlap/,
  ),
  refused(
    'a hole between',
    ggufFile({
      tensors: [
        { name: 'a', dims: [8] },
        { name: 'b', dims: [8], offset: 64n },
      ],
    }),
    /found "b" at 64: a hole/,
  ),
  refused(
    'unknown type without data',
    ggufFile({
      tensors: [
        { name: 'a', dims: [8], type: 99, bytes: 0 },
        { name: 'b', dims: [8] },
      ],
    }),
    /an overlap|data for every tensor/,
  ),
  refused(
    'unknown type at the very end without data',
    ggufFile({ tensors: [f32, { name: 'b', dims: [8], type: 99, bytes: 0 }] }),
    /data for every tensor, found 0 bytes for "b"/,
  ),
  refused(
    'tail bytes behind an unknown type without elements',
    Buffer.concat([ggufFile({ tensors: [{ name: 'a', dims: [0], type: 99 }] }), Buffer.alloc(40)]),
    /the end of the file, found 40 more bytes/,
  ),
  refused('truncated data', whole.subarray(0, whole.length - 17), /data within its 15 bytes/),
  refused('tail bytes', Buffer.concat([whole, Buffer.alloc(1)]), /found 1 more bytes/),
  refused('a tail of a megabyte', Buffer.concat([whole, Buffer.alloc(1_000_000)]), /1000000 more/),
  refused(
    'tail bytes without tensors',
    Buffer.concat([ggufFile({ pairs: [arch] }), Buffer.alloc(99)]),
    /the end of the file, found/,
  ),
];

const html = '<img src=x onerror=alert(1)>';
const valid: readonly CorpusCase[] = [
  accepted('one tensor', whole),
  accepted('without padding of the last tensor', whole.subarray(0, whole.length - 16)),
  accepted('no tensors, no metadata', ggufFile({})),
  accepted('version 1', ggufFile({ version: 1, pairs: [arch], tensors: [f32] })),
  accepted('version 2', ggufFile({ version: 2, pairs: [arch], tensors: [f32] })),
  accepted('big-endian', ggufFile({ bigEndian: true, pairs: [arch], tensors: [f32] })),
  accepted('dimension 0', ggufFile({ tensors: [{ name: 'z', dims: [0, 7] }, f32] })),
  accepted('only a tensor without elements', ggufFile({ tensors: [{ name: 'z', dims: [4, 0] }] })),
  accepted('alignment 8', ggufFile({ ...aligned(8), tensors: [f32, { name: 'b', dims: [3] }] })),
  accepted('alignment 4096', ggufFile({ ...aligned(4096), tensors: [f32] })),
  accepted(
    'tensors listed in another order than they lie',
    ggufFile({
      tensors: [
        { name: 'b', dims: [8], offset: 32n },
        { name: 'a', dims: [8], offset: 0n },
      ],
    }),
  ),
  accepted('an HTML chat template', ggufFile({ pairs: [['tokenizer.chat_template', text(html)]] })),
  accepted('a tensor name that is HTML', named(html)),
  accepted('a key and a tensor named __proto__', protoFile()),
  accepted('a right-to-left name', named('\u202eabc\u05d0')),
  accepted('names that lead out', named('../../etc/passwd', 'C:\\x', 'a\0b')),
  accepted('a tensor name of 63 bytes', named('n'.repeat(63))),
  accepted('arrays 4 deep', Buffer.from(rawPair(9, nested(4)).subarray(0, -16))),
  accepted('an empty array', ggufFile({ pairs: [['e', array('string', [])]] })),
  accepted(
    'an unknown type',
    ggufFile({ tensors: [{ name: 'a', dims: [5], type: 99, bytes: 7 }] }),
  ),
  ...[...ggmlTypes].map(([number, { dtype, elements }]) =>
    accepted(
      `type ${dtype}`,
      ggufFile({
        tensors: [
          { name: 'a', dims: [2 * elements, 3], type: number, ...bytesOf(dtype) },
          { name: 'b', dims: [1] },
        ],
      }),
    ),
  ),
];

function aligned(alignment: number): GgufSpec {
  return { alignment, pairs: [['general.alignment', u32(alignment)]] };
}

/** The one type whose size the reader takes from the next tensor's place. */
function bytesOf(dtype: string): { bytes?: number } {
  return dtype === 'Q8_1' ? { bytes: 216 } : {};
}

function protoFile(): Buffer {
  return ggufFile({
    pairs: [['__proto__', text('x')]],
    tensors: [{ name: '__proto__', dims: [1] }],
  });
}

/** Every line of the corpus for GGUF that fits in a few megabytes. */
export const ggufCases: readonly CorpusCase[] = [
  ...start,
  ...keys,
  ...alignments,
  ...tensors,
  ...valid,
];
