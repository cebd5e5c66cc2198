import { crc32 } from 'node:zlib';
import { type Piece, writeSparse } from './sparse';
import { extra, u64 } from './zip-file';

/** A stored member whose content is `head` and then zeros up to `size` bytes. */
export interface SparseMember {
  readonly name: string;
  readonly head: Uint8Array;
  /** Default: the head's own length, and then its checksum is true. */
  readonly size?: number;
}

const WIDE = 0xffff_ffff;

function fields(...values: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    values.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}

/** The 24 bytes that both headers of a member share, with zip64 sizes in its extra field. */
function common(crc: number, nameBytes: number, extraBytes: number): Buffer {
  const start = [45, 0, 0, 0, 0x21].map((value) => [value, 2] as const);
  const sizes = [crc, WIDE, WIDE].map((value) => [value, 4] as const);
  return fields(...start, ...sizes, [nameBytes, 2], [extraBytes, 2]);
}

/** Writes a zip64 archive whose members' data are holes of a sparse file; returns its path. */
export function writeSparseZip(path: string, members: readonly SparseMember[]): string {
  const pieces: Piece[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const { name, head, size = head.length } of members) {
    const text = Buffer.from(name);
    const crc = size === head.length ? crc32(head) : 0;
    const sizes = Buffer.concat([u64(size), u64(size)]);
    const wide = extra(1, sizes);
    const begin = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      common(crc, text.length, wide.length),
      text,
      wide,
    ]);
    const place = extra(1, Buffer.concat([sizes, u64(at)]));
    centrals.push(
      Buffer.from('PK\x01\x02\x2d\x00', 'latin1'),
      common(crc, text.length, place.length),
      fields([0, 2], [0, 2], [0, 2], [0, 4], [WIDE, 4]),
      text,
      place,
    );
    pieces.push([at, Buffer.concat([begin, head])]);
    at += begin.length + size;
  }
  const directory = Buffer.concat(centrals);
  const counts = [u64(members.length), u64(members.length)];
  const end = Buffer.concat([
    ...[Buffer.from('PK\x06\x06', 'latin1'), u64(44), fields([45, 2], [45, 2], [0, 4], [0, 4])],
    ...[...counts, u64(directory.length), u64(at)],
    ...[Buffer.from('PK\x06\x07', 'latin1'), fields([0, 4]), u64(at + directory.length)],
    ...[fields([1, 4]), Buffer.from('PK\x05\x06', 'latin1')],
    fields([0, 2], [0, 2], [0xffff, 2], [0xffff, 2], [WIDE, 4], [WIDE, 4], [0, 2]),
  ]);
  pieces.push([at, Buffer.concat([directory, end])]);
  return writeSparse(path, at + directory.length + end.length, pieces);
}
