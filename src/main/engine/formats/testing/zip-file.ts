import { crc32, deflateRawSync } from 'node:zlib';

/** One member and every way to lie about it. */
export interface MadeMember {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array | string;
  readonly deflate?: boolean;
  /** Central and local; bit 3 adds a descriptor. */
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly localName?: string;
  readonly localFlags?: number;
  readonly localMethod?: number;
  readonly localSize?: number;
  readonly localExtra?: Uint8Array;
  readonly centralSize?: number;
  readonly centralCompressed?: number;
  readonly centralExtra?: Uint8Array;
  readonly centralOffset?: number;
  /** Instead of the right one; empty for none. */
  readonly descriptor?: Uint8Array;
  readonly wideDescriptor?: boolean;
  readonly disk?: number;
  /** Compressed bytes as they are. */
  readonly packed?: Uint8Array;
}

export interface MadeZip {
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
  /** Between members and central directory. */
  readonly gap?: Uint8Array;
  readonly comment?: Uint8Array | string;
  readonly entries?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  /** As PyTorch: a zip64 end record and its locator. */
  readonly zip64?: boolean;
  readonly end?: boolean;
}

const u16 = (value: number) => Buffer.from([value & 0xff, (value >>> 8) & 0xff]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
export const u64 = (value: bigint | number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** An extra field of this number. */
export function extra(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([u16(id), u16(data.length), data]);
}

/** PyTorch's padding, that makes the data begin at a multiple of 64. */
export function padding(offset: number, nameBytes: number): Buffer {
  const rest = (offset + 30 + nameBytes + 4) % 64;
  return extra(0x4246, Buffer.alloc((64 - rest) % 64, 'Z'));
}

interface Placed {
  readonly local: Buffer;
  readonly central: Buffer;
}

function place(member: MadeMember, offset: number): Placed {
  const name = Buffer.from(member.name as string);
  const data = Buffer.from((member.data ?? '') as string);
  const packed = Buffer.from(
    member.packed ?? (member.deflate === true ? deflateRawSync(data) : data),
  );
  const flags = member.flags ?? 0;
  const method = member.method ?? (member.deflate === true || member.packed !== undefined ? 8 : 0);
  const crc = member.crc ?? crc32(data);
  const later = (flags & 8) !== 0;
  const localExtra = member.localExtra ?? padding(offset, name.length);
  const size = member.localSize ?? (later ? 0 : data.length);
  const localName = Buffer.from(member.localName ?? name);
  const header = Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    ...[0, member.localFlags ?? flags, member.localMethod ?? method, 0, 0].map(u16),
    u32(later ? 0 : crc),
    u32(size === 0xffff_ffff ? size : later ? 0 : packed.length),
    u32(size),
    u16(localName.length),
    u16(localExtra.length),
    localName,
    localExtra,
  ]);
  const wide = member.wideDescriptor === true;
  const sizes = [packed.length, data.length].map((value) => (wide ? u64(value) : u32(value)));
  const descriptor =
    member.descriptor ??
    (later ? Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), u32(crc), ...sizes]) : '');
  const centralExtra = member.centralExtra ?? Buffer.alloc(0);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    ...[0, 0, flags, method, 0, 0].map(u16),
    u32(crc),
    u32(member.centralCompressed ?? packed.length),
    u32(member.centralSize ?? data.length),
    ...[name.length, centralExtra.length, 0, member.disk ?? 0, 0].map(u16),
    u32(0),
    u32(member.centralOffset ?? offset),
    name,
    centralExtra,
  ]);
  return { local: Buffer.concat([header, packed, Buffer.from(descriptor as string)]), central };
}

/** A zip archive, byte for byte as told. */
export function zipFile(members: readonly MadeMember[], made: MadeZip = {}): Buffer {
  const parts: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = place(member, offset);
    parts.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const gap = Buffer.from(made.gap ?? []);
  const at = made.directoryOffset ?? offset + gap.length;
  const directory = Buffer.concat(centrals);
  const size = made.directorySize ?? directory.length;
  const count = made.entries ?? members.length;
  const comment = Buffer.from((made.comment ?? '') as string);
  const end64 = Buffer.concat([
    Buffer.from('PK\x06\x06', 'latin1'),
    u64(44),
    u32(45),
    u32(0),
    u32(0),
    ...[count, count, size, at].map(u64),
    Buffer.from('PK\x06\x07', 'latin1'),
    u32(0),
    u64(offset + gap.length + directory.length),
    u32(1),
  ]);
  const zip64 = made.zip64 === true ? end64 : Buffer.alloc(0);
  const end = Buffer.concat([
    Buffer.from('PK\x05\x06', 'latin1'),
    ...[0, 0, count, count].map((value) => u16(Math.min(value, 0xffff))),
    u32(size),
    u32(at),
    u16(comment.length),
    comment,
  ]);
  return Buffer.concat([
    Buffer.from(made.before ?? []),
    ...parts,
    gap,
    directory,
    zip64,
    made.end === false ? Buffer.alloc(0) : end,
    Buffer.from(made.after ?? []),
  ]);
}
