import { accepted, type CorpusCase, refused } from './cases';
import { type NpySpec, npyFile, npzFile } from './numpy-file';

const whole = npyFile({});
const dictionary = (text: string): Buffer => npyFile({ dictionary: text });
const descr = (text: string, data = 8): Buffer =>
  npyFile({ descr: text, data: Buffer.alloc(data, 1) });
const shaped = (shape: string, data = 8): Buffer => npyFile({ shape, data: Buffer.alloc(data) });

const framing: readonly CorpusCase[] = [
  refused('empty', Buffer.alloc(0), /at byte 0: expected the mark .* found 0 bytes/),
  refused('5 bytes', whole.subarray(0, 5), /found 5 bytes/),
  refused('bad magic', Buffer.concat([Buffer.from('\x93NUMPX'), whole.subarray(6)]), /the mark/),
  refused('cut in the prefix', whole.subarray(0, 9), /at byte 9: expected a prefix of 10 bytes/),
  refused('version 0.0', npyFile({ version: [0, 0] }), /version 1.0, 2.0 or 3.0, found 0.0/),
  refused('version 4.0', npyFile({ version: [4, 0] }), /found 4.0/),
  refused('version 1.1', npyFile({ version: [1, 1] }), /found 1.1/),
  refused('header past the end', npyFile({ length: 65_535 }), /within the 126 bytes left/),
  refused(
    'header of 4 GiB',
    npyFile({ version: [2, 0], length: 2 ** 32 - 1 }),
    /found 4294967295 bytes/,
  ),
  refused(
    'header of 1 MB',
    npyFile({ version: [2, 0], length: 1_000_000, data: Buffer.alloc(1_000_000) }),
    /a header of at most 65524 bytes, found 1000000/,
  ),
  refused('header length 0', npyFile({ length: 0 }), /a dictionary, found the end/),
  refused(
    'header not UTF-8 in version 3.0',
    Buffer.from(npyFile({ version: [3, 0] }).fill(0xff, 20, 22)),
    /a header in UTF-8/,
  ),
  refused('truncated data', whole.subarray(0, whole.length - 1), /8 bytes for .* found 7/),
  refused('trailing bytes', Buffer.concat([whole, Buffer.alloc(1)]), /8 bytes for .* found 9/),
];

const entries = "'descr': '<f4', 'fortran_order': False, 'shape': (2,)";
const literals: readonly CorpusCase[] = [
  refused('a list', dictionary('[1, 2]'), /a dictionary, found "\[1, 2\]/),
  refused('a number', dictionary('7'), /a dictionary, found "7/),
  refused('nothing', dictionary(''), /a dictionary/),
  refused('an empty dictionary', dictionary('{}'), /an entry "descr", found none/),
  refused('code before', dictionary(`__import__('os').system('id')`), /a dictionary/),
  refused('code as descr', descr(`__import__('os')`), /an element type, found "__import__/),
  refused('code as shape', shaped('tuple([2])'), /a tuple of dimensions, found "tuple/),
  refused('code in the shape', shaped('(1+1,)'), /expected "," after the only dimension/),
  refused('code after', dictionary(`{${entries}}.clear()`), /only spaces and a newline/),
  refused('a comprehension', dictionary(`{k: v for k, v in x}`), /the name of an entry/),
  refused('a format string', descr("f'<f4'"), /an element type/),
  refused('an escape', descr("'\\x3cf4'"), /a text without escapes/),
  refused('joined texts', descr("'<' 'f4'"), /"," or "}"/),
  refused('an open text', dictionary("{'descr: "), /the end of a text/),
  refused('an unknown entry', dictionary(`{${entries}, 'x': 1}`), /found "x"/),
  refused('a repeated entry', dictionary(`{${entries}, 'shape': (2,)}`), /every entry once/),
  refused('no shape', dictionary("{'descr': '<f4', 'fortran_order': False}"), /"shape", found/),
  refused('a second dictionary', dictionary(`{${entries}}{}`), /only spaces and a newline/),
  refused('a comment', dictionary(`{${entries}} # x`), /only spaces and a newline/),
  refused('a tab', dictionary(`{\t${entries}}`), /the name of an entry/),
  refused(
    'no newline at the end',
    Buffer.concat([whole.subarray(0, 127), Buffer.from(' '), whole.subarray(128)]),
    /only spaces and a newline/,
  ),
  refused(
    'code instead of the newline',
    Buffer.concat([whole.subarray(0, 127), Buffer.from(';'), whole.subarray(128)]),
    /only spaces and a newline/,
  ),
  refused('fortran_order 0', npyFile({ fortranOrder: '0' }), /True or False/),
  refused('fortran_order "False"', npyFile({ fortranOrder: "'False'" }), /True or False/),
  refused('lists nested 10,000 deep', descr('['.repeat(10_000)), /nested at most 8 deep/),
  refused('an unfinished record', descr("[('a', '<f4'"), /expected "\)"|expected "\]"/),
];

const values: readonly CorpusCase[] = [
  refused('shape that is a list', shaped('[2]'), /a tuple of dimensions/),
  refused('shape that is a number', shaped('2'), /a tuple of dimensions/),
  refused('shape (2)', shaped('(2)'), /"," after the only dimension/),
  refused('dimension -1', shaped('(-1,)'), /a dimension, found "-1,/),
  refused('dimension 2.0', shaped('(2.0,)'), /expected "," after/),
  refused('dimension True', shaped('(True,)'), /a dimension/),
  refused('dimension 02', shaped('(02,)'), /expected "," after/),
  refused('dimension 2^53', shaped('(9007199254740992,)'), /a dimension below 2\^53/),
  refused('dimension of 30 digits', shaped(`(${'9'.repeat(30)},)`), /a dimension below 2\^53/),
  refused('2,000 dimensions', shaped(`(${'1,'.repeat(2000)})`), /at most 1024 dimensions/),
  refused('shape overflow', shaped('(4294967296, 4294967296)'), /fewer than 2\^53 bytes/),
  refused('shape overflow beside 0', shaped('(4294967296, 4294967296, 0)', 0), /fewer than 2\^53/),
  refused('shape and type overflow', shaped('(4503599627370496,)'), /fewer than 2\^53 bytes/),
  refused('one element more than data', shaped('(3,)'), /12 bytes for .* found 8/),
  refused('one element less than data', shaped('(1,)'), /4 bytes for .* found 8/),
  ...["'<f3'", "'f4'", "'=f4'", "'|f4'", "'<q8'", "'<i16'", "'<M4'", "'float32'", "''"].map(
    (text) => refused(`descr ${text}`, descr(text), /an element type that numpy writes/),
  ),
  refused('descr 4', descr('4'), /an element type, found "4/),
  refused('descr None', descr('None'), /an element type, found "None/),
  refused('a unit of a number', descr("'<f4[ns]'"), /an element type that numpy writes/),
];

const types: readonly (readonly [string, number])[] = [
  ["'|b1'", 1],
  ["'|i1'", 1],
  ["'|u1'", 1],
  ["'<i2'", 2],
  ["'>u2'", 2],
  ["'<i4'", 4],
  ["'<u4'", 4],
  ["'<i8'", 8],
  ["'<u8'", 8],
  ["'<f2'", 2],
  ["'>f4'", 4],
  ["'<f8'", 8],
  ["'<c8'", 8],
  ["'<c16'", 16],
  ["'<f16'", 16],
  ["'<c32'", 32],
  ["'|S3'", 3],
  ["'<U5'", 20],
  ["'<U8'", 32],
  ["'|V2'", 2],
  ["'|S0'", 0],
  ["'<M8[ns]'", 8],
  ["'<m8[25s]'", 8],
];

const valid: readonly CorpusCase[] = [
  accepted('version 1.0', whole),
  accepted('version 2.0', npyFile({ version: [2, 0] })),
  accepted('version 3.0', npyFile({ version: [3, 0] })),
  accepted('scalar', shaped('()', 4)),
  accepted('zero-size', shaped('(0, 7)', 0)),
  accepted('fortran order', npyFile({ shape: '(1, 2)', fortranOrder: 'True' })),
  accepted('a shape that Python 2 wrote', shaped('(1L, 2L)')),
  accepted(
    'entries in another order',
    dictionary(`{'shape': (2,), 'descr': "<f4", 'fortran_order': False}`),
  ),
  ...types.map(([text, bytes]) => accepted(`descr ${text}`, descr(text, 2 * bytes))),
];

/** Every line of the corpus for `.npy` that fits in a few megabytes. */
export const npyCases: readonly CorpusCase[] = [...framing, ...literals, ...values, ...valid];

const member = { name: 'w.npy', content: whole };
const one = (spec: NpySpec, deflated: boolean): Buffer =>
  npzFile([{ name: 'w.npy', content: npyFile(spec), deflated }]);
const archive = npzFile([member, { ...member, name: 'b.npy', deflated: true }]);

function changed(at: number, ...bytes: readonly number[]): Buffer {
  const copy = Buffer.from(archive);
  copy.set(bytes, at);
  return copy;
}

/** The archive's own lines; what a zip may be is the zip reader's corpus. */
export const npzCases: readonly CorpusCase[] = [
  refused('empty', Buffer.alloc(0), /a zip archive/),
  refused('no zip', Buffer.alloc(200, 1), /a zip archive/),
  refused('cut in the directory', archive.subarray(0, -30), /end record/),
  refused('cut in the first member', archive.subarray(0, 50), /end record/),
  refused('trailing bytes', Buffer.concat([archive, Buffer.alloc(9)]), /end record/),
  refused('junk before', Buffer.concat([Buffer.alloc(9), archive]), /central directory/),
  refused('another local name', changed(30, 0x78), /the same name/),
  refused('an unknown method', changed(8, 99), /method/),
  refused('two members of one name', npzFile([member, member]), /distinct names/),
  refused('a name with ../', npzFile([{ ...member, name: '../w.npy' }]), /leads out/),
  refused('an absolute name', npzFile([{ ...member, name: '/w.npy' }]), /absolute/),
  refused('a name with a backslash', npzFile([{ ...member, name: '..\\w.npy' }]), /backslash/),
  refused('a name with a NUL', npzFile([{ ...member, name: 'w\0.npy' }]), /NUL/),
  refused('impossible ratio', npzFile([{ ...member, deflated: true, size: 9e8 }]), /1032 times/),
  refused(
    'a deflated size that is not the content',
    npzFile([{ ...member, deflated: true, size: whole.length + 4 }]),
    /8 bytes for .* found 12 in "w.npy"/,
  ),
  refused(
    'a deflated member that is none',
    npzFile([{ ...member, deflated: true }]).fill(0xff, 35, 45),
    /w\.npy/,
  ),
  ...[false, true].flatMap((deflated) => {
    const how = deflated ? 'deflated' : 'stored';
    return [
      refused(
        `${how}: code in the header`,
        one({ dictionary: 'exit()' }, deflated),
        /a dictionary/,
      ),
      refused(`${how}: size and shape`, one({ shape: '(3,)' }, deflated), /12 bytes for/),
      refused(`${how}: bad version`, one({ version: [9, 9] }, deflated), /found 9.9 in "w.npy"/),
      accepted(`${how}: one array`, one({}, deflated)),
      accepted(
        `${how}: 2 MB of nothing`,
        one({ shape: '(500000,)', data: Buffer.alloc(2e6) }, deflated),
      ),
    ];
  }),
  accepted('no members', npzFile([])),
  accepted('both methods', archive),
  accepted('names in folders', npzFile([{ ...member, name: 'l1/conv/W.npy' }])),
  accepted('a name that is HTML', npzFile([{ ...member, name: '<img src=x>.npy' }])),
  accepted('a name that is __proto__', npzFile([{ ...member, name: '__proto__.npy' }])),
];
