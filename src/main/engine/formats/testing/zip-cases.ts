import { deflateRawSync } from 'node:zlib';
import { accepted, type CorpusCase, refused } from './cases';
import { extra, type MadeMember, type MadeZip, u64, zipFile } from './zip-file';

const one: MadeMember = { name: 'a/x', data: 'content' };
const two: MadeMember = { name: 'a/y', data: 'other' };

const zip = (member: Partial<MadeMember>, made: MadeZip = {}) =>
  zipFile([{ ...one, ...member }, two], made);

const whole = zipFile([one, two]);
const end = whole.subarray(whole.length - 22);
/** The checksum of `one`, as it stands in its record. */
const sum = whole.subarray(14, 18);

const framing: readonly CorpusCase[] = [
  refused(
    'no end record',
    zipFile([one], { end: false }),
    /end record that ends the file, found none/,
  ),
  refused(
    'two end records',
    zipFile([one, two], { comment: whole.subarray(whole.length - 22) }),
    /one end record, found another/,
  ),
  refused(
    'an end record inside the comment',
    zipFile([one], { comment: Buffer.concat([end, Buffer.from('more')]) }),
    /a comment without an end record/,
  ),
  refused(
    'junk before',
    zipFile([one, two], { before: Buffer.from('MZ junk') }),
    /central directory that ends at/,
  ),
  refused(
    'junk before, with offsets that know it',
    Buffer.concat([
      Buffer.alloc(9),
      zipFile([{ ...one, centralOffset: 9 }], { directoryOffset: 9 + 30 + 3 + 31 + 7 }),
    ]),
    /a member that begins at 0/,
  ),
  refused(
    'junk after',
    zipFile([one], { after: Buffer.alloc(5) }),
    /an end record that ends the file/,
  ),
  refused(
    'a second archive behind',
    Buffer.concat([whole, whole]),
    /central directory that ends at/,
  ),
  refused(
    'a gap before the central directory',
    zipFile([one], { gap: Buffer.alloc(7) }),
    /the next member, found 7 bytes/,
  ),
  refused('cut in half', whole.subarray(0, whole.length >> 1), /end record/),
  refused('another disk', zip({ disk: 3 }), /an archive of one part, found disk 3/),
  refused(
    '65,535 entries without zip64',
    zipFile([one], { entries: 65_535 }),
    /a zip64 end record/,
  ),
  refused('fewer members than counted', zipFile([one], { entries: 2 }), /2 members, .* found 1/),
  refused(
    'more members than counted',
    zipFile([one, two], { entries: 1 }),
    /1 members, .* found more/,
  ),
  refused(
    'directory size 2^32 - 1',
    zipFile([one], { directorySize: 0xffff_ffff }),
    /zip64 end record/,
  ),
  refused(
    'directory size too small',
    zipFile([one], { directorySize: 20 }),
    /central directory that ends/,
  ),
];

const members: readonly CorpusCase[] = [
  refused('local name differs', zip({ localName: 'a/z' }), /the same name as in the central/),
  refused('local name is longer', zip({ localName: 'a/xx' }), /a name of 3 bytes, found 4/),
  refused('local size differs', zip({ localSize: 6 }), /a size of 7 bytes, found 6 in the local/),
  refused('local flags differ', zip({ localFlags: 2 }), /flags 0 and method 0/),
  refused('local method differs', zip({ localMethod: 8 }), /flags 0 and method 0/),
  refused('encrypted', zip({ flags: 1 }), /not encrypted/),
  refused('strongly encrypted', zip({ flags: 0x41 }), /not encrypted/),
  refused('masked headers', zip({ flags: 0x2000 }), /not encrypted/),
  refused('patch data', zip({ flags: 0x20 }), /known flag bits, found 0x0020/),
  refused('an unknown flag bit', zip({ flags: 0x8000 }), /known flag bits/),
  refused('method 12 (bzip2)', zip({ method: 12 }), /a stored or deflated member, found method 12/),
  refused('method 99 (AES)', zip({ method: 99 }), /found method 99/),
  refused(
    'overlap: two records of one member',
    zip({ centralOffset: 40 }),
    /a member that begins at 0/,
  ),
  refused(
    'overlap: a member inside another',
    zipFile([{ ...one, centralCompressed: 60, centralSize: 60, localSize: 60 }, two]),
    /a member that ends by/,
  ),
  refused('duplicate name', zipFile([one, one]), /distinct names, found "a\/x" again/),
  refused('sizes differ when stored', zip({ centralSize: 8 }), /a stored member of one size/),
  refused(
    'a size over 1,032 times the packed one',
    zip({ deflate: true, data: 'xx', centralSize: 5000, localSize: 5000 }),
    /at most 1032 times/,
  ),
  refused(
    'zip64 sentinel without the extra',
    zip({ centralSize: 0xffff_ffff }),
    /a zip64 extra field/,
  ),
  refused(
    'zip64 sizes of 2^63',
    zip({
      centralSize: 0xffff_ffff,
      centralCompressed: 0xffff_ffff,
      centralExtra: extra(1, Buffer.concat([u64(2n ** 63n), u64(2n ** 63n)])),
    }),
    /below 2\^53/,
  ),
  refused(
    'zip64 offset past the end',
    zip({ centralOffset: 0xffff_ffff, centralExtra: extra(1, u64(1_000_000)) }),
    /a member that begins at 0/,
  ),
  refused(
    'two zip64 extras',
    zip({ centralExtra: Buffer.concat([extra(1, u64(7)), extra(1, u64(7))]) }),
    /one zip64 extra field/,
  ),
  refused(
    'an extra field cut short',
    zip({ centralExtra: Buffer.of(1, 0, 9, 0) }),
    /a whole extra field/,
  ),
  refused(
    'a local extra field cut short',
    zip({ localExtra: Buffer.of(1, 0) }),
    /an extra field, found 2/,
  ),
  refused(
    'descriptor missing',
    zip({ flags: 8, descriptor: Buffer.alloc(0) }),
    /a data descriptor, found 0/,
  ),
  refused(
    'descriptor of other sizes',
    zip({ flags: 8, descriptor: Buffer.alloc(12) }),
    /a data descriptor that says/,
  ),
  refused(
    'descriptor of another size',
    zip({ flags: 8, descriptor: Buffer.concat([sum, Buffer.of(7, 0, 0, 0, 8, 0, 0, 0)]) }),
    /a data descriptor that says/,
  ),
  refused(
    'descriptor of another packed size',
    zip({ flags: 8, descriptor: Buffer.concat([sum, Buffer.of(8, 0, 0, 0, 7, 0, 0, 0)]) }),
    /a data descriptor that says/,
  ),
  refused(
    'descriptor without being announced',
    zip({ flags: 0, descriptor: Buffer.alloc(16) }),
    /the next member, found 16 bytes/,
  ),
  ...(
    [
      ['../x', /leads out of its folder/],
      ['a/../../x', /leads out of its folder/],
      ['/etc/passwd', /is absolute/],
      ['a\\b', /holds a backslash/],
      ['a\0b', /holds a NUL/],
      ['C:/x', /names a drive/],
      ['', /is empty/],
    ] as const
  ).map(([name, reason]) => refused(`named ${JSON.stringify(name)}`, zip({ name }), reason)),
];

const valid: readonly CorpusCase[] = [
  accepted('empty', zipFile([])),
  accepted('two members', whole),
  accepted('zip64 records as PyTorch writes them', zipFile([one, two], { zip64: true })),
  accepted('a comment', zipFile([one], { comment: 'made by hand' })),
  accepted('descriptors', zip({ flags: 8 })),
  accepted('descriptors of 64 bits', zip({ flags: 8, wideDescriptor: true })),
  accepted(
    'a descriptor without its signature',
    zipFile([{ ...one, data: '', flags: 8, descriptor: Buffer.alloc(12) }]),
  ),
  accepted('deflated', zip({ deflate: true })),
  accepted('deflated 1032:1', zip({ deflate: true, data: Buffer.alloc(2_000_000) })),
  accepted('deflated in stored blocks', zip({ packed: deflateRawSync('content', { level: 0 }) })),
  accepted(
    'zip64 sizes in the extra field',
    zip({
      centralSize: 0xffff_ffff,
      centralCompressed: 0xffff_ffff,
      centralExtra: extra(1, Buffer.concat([u64(7), u64(7)])),
    }),
  ),
  accepted(
    'zip64 local header, as NumPy writes it',
    zip({ localSize: 0xffff_ffff, localExtra: extra(1, Buffer.concat([u64(7), u64(7)])) }),
  ),
  accepted('a name that is not UTF-8', zip({ name: Buffer.of(0x61, 0xe9) })),
  accepted('names of markup and right-to-left', zip({ name: '<b>\u202e.pt' })),
];

/** Zip archives as `readZip` must take or refuse them. */
export const zipCases: readonly CorpusCase[] = [...framing, ...members, ...valid];
