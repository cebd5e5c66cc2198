/**
 * Unpacks chosen entries of a zip archive, with modes and symbolic links, without help from outside Node.
 * Stored and deflated entries; sizes up to 4 GiB (no zip64). Memory stays small: entries are streamed.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, open, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const endMagic = 0x06054b50;
const centralMagic = 0x02014b50;
const localMagic = 0x04034b50;

/**
 * @param {string} archive
 * @param {string} target an existing folder
 * @param {(name: string) => string | undefined} place where below the target an entry goes; undefined leaves it out
 */
export async function unzip(archive, target, place = (name) => name) {
  const file = await open(archive);
  try {
    const links = [];
    for (const entry of await readDirectory(file)) {
      const to = place(entry.name);
      if (to !== undefined) {
        await unpackEntry(file, archive, entry, insideOf(target, to), links);
      }
    }
    // Links come last, so that no later entry is written through one.
    for (const [where, to] of links) {
      await symlink(to, where);
    }
  } finally {
    await file.close();
  }
}

/** Resolves a name below the target; a name that leads out of it is an error. */
export function insideOf(target, name) {
  const absolute = path.resolve(target, name);
  if (absolute !== path.resolve(target) && !absolute.startsWith(path.resolve(target) + path.sep)) {
    throw new Error(`the archive names a file outside its folder: ${name}`);
  }
  return absolute;
}

/** Reads the central directory. */
async function readDirectory(file) {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65557), Math.min(size, 65557));
  const at = findEnd(tail);
  const count = tail.readUInt16LE(at + 10);
  const bytes = await readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  const entries = [];
  for (let offset = 0; entries.length < count; ) {
    const entry = parseEntry(bytes, offset);
    entries.push(entry);
    offset += entry.length;
  }
  return entries;
}

/** The offset of the end record, searched from the back. */
function findEnd(tail) {
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === endMagic) {
      return at;
    }
  }
  throw new Error('not a zip archive: its end record is missing');
}

function parseEntry(bytes, at) {
  if (bytes.readUInt32LE(at) !== centralMagic) {
    throw new Error('the zip archive is damaged: its directory does not add up');
  }
  const nameLength = bytes.readUInt16LE(at + 28);
  return {
    name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
    method: bytes.readUInt16LE(at + 10),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    mode: bytes.readUInt32LE(at + 38) >>> 16,
    header: bytes.readUInt32LE(at + 42),
    length: 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32),
  };
}

async function unpackEntry(file, archive, entry, to, links) {
  if (entry.name.endsWith('/')) {
    await mkdir(to, { recursive: true });
    return;
  }
  await mkdir(path.dirname(to), { recursive: true });
  await writeContent(archive, await dataOffset(file, entry), entry, to);
  if ((entry.mode & 0o170000) === 0o120000) {
    links.push([to, await readFile(to, 'utf8')]);
    await rm(to);
  } else if ((entry.mode & 0o777) !== 0) {
    await chmod(to, entry.mode & 0o777);
  }
}

/** Where an entry's data begins: after its local header, whose extra field may differ from the directory's. */
async function dataOffset(file, entry) {
  const header = await readAt(file, entry.header, 30);
  if (header.readUInt32LE(0) !== localMagic) {
    throw new Error(`the zip archive is damaged at ${entry.name}`);
  }
  return entry.header + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function writeContent(archive, start, entry, to) {
  const out = createWriteStream(to);
  if (entry.packed === 0) {
    out.end();
    await new Promise((resolve, reject) => out.on('finish', resolve).on('error', reject));
  } else {
    const source = createReadStream(archive, {
      start,
      end: start + entry.packed - 1,
      highWaterMark: 1 << 20,
    });
    await (entry.method === 0 ? pipeline(source, out) : pipeline(source, inflater(entry), out));
  }
  if (out.bytesWritten !== entry.size) {
    throw new Error(
      `the zip archive is damaged: ${entry.name} has ${out.bytesWritten} of ${entry.size} bytes`,
    );
  }
}

function inflater(entry) {
  if (entry.method !== 8) {
    throw new Error(`${entry.name} is packed by method ${entry.method}, which is not supported`);
  }
  return createInflateRaw({ chunkSize: 1 << 20 });
}

async function readAt(file, position, length) {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) {
    throw new Error('the zip archive ends early');
  }
  return bytes;
}
