import { crc32, deflateRawSync } from 'node:zlib';

export interface NpySpec {
  readonly descr?: string;
  /** Python literals as they stand in the header. */
  readonly shape?: string;
  readonly fortranOrder?: string;
  /** Instead of the whole dictionary. */
  readonly dictionary?: string;
  readonly version?: readonly [number, number];
  /** Instead of the real length of the header's text. */
  readonly length?: number;
  readonly data?: Uint8Array;
}

/** An array's file as numpy writes it: text padded with spaces to a multiple of 64, a newline last. */
export function npyFile(spec: NpySpec): Buffer {
  const { descr = "'<f4'", shape = '(2,)', fortranOrder = 'False' } = spec;
  const { version = [1, 0], data = Buffer.alloc(8, 7) } = spec;
  const dictionary =
    spec.dictionary ?? `{'descr': ${descr}, 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }`;
  const text = Buffer.from(dictionary, version[0] === 3 ? 'utf8' : 'latin1');
  const prefix = version[0] === 1 ? 10 : 12;
  const padded = Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix;
  const header = Buffer.alloc(prefix + padded, 0x20);
  Buffer.from([0x93, ...Buffer.from('NUMPY'), ...version]).copy(header);
  if (prefix === 10) header.writeUInt16LE(spec.length ?? padded, 8);
  else header.writeUInt32LE(spec.length ?? padded, 8);
  text.copy(header, prefix);
  header[header.length - 1] = 0x0a;
  return Buffer.concat([header, data]);
}

export interface NpzMember {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  /** Instead of the content's real size, in both headers. */
  readonly size?: number;
}

function memberHeaders(member: NpzMember, packed: Uint8Array, offset: number) {
  const { name, content, deflated = false, size = content.length } = member;
  const bytes = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(/^[\0-\x7f]*$/.test(name) ? 0 : 0x0800, 2);
  common.writeUInt16LE(deflated ? 8 : 0, 4);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(bytes.length, 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, bytes]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, bytes]);
  return { local, central };
}

/** An archive of members, one after the other, as `numpy.savez` lays them out. */
export function npzFile(members: readonly NpzMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed = member.deflated === true ? deflateRawSync(member.content) : member.content;
    const { local, central } = memberHeaders(member, packed, offset);
    locals.push(local, Buffer.from(packed));
    centrals.push(central);
    offset += local.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
