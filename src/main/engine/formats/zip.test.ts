import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { scratchFolder } from './testing/cases';
import { mutants, seeded } from './testing/random';
import { zipCases } from './testing/zip-cases';
import { extra, u64, zipFile } from './testing/zip-file';
import { inflateEntry, inflateHead, openEntry, readZip, type ZipArchive } from './zip';

const scratch = scratchFolder('zip');
afterAll(scratch.remove);

function attempt(bytes: Uint8Array): ZipArchive | FormatError | undefined {
  try {
    return readZip(memoryByteSource('a.zip', bytes));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function read(bytes: Uint8Array): ZipArchive {
  const outcome = attempt(bytes);
  if (outcome === undefined || outcome instanceof FormatError) throw outcome ?? new Error('no zip');
  return outcome;
}

/** Member ranges lie inside the file, apart from each other. */
function expectApart({ entries }: ZipArchive, size: number): void {
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.dataOffset - b.dataOffset)) {
    expect(entry.dataOffset).toBeGreaterThanOrEqual(end);
    end = entry.dataOffset + entry.compressedSize;
  }
  expect(end).toBeLessThanOrEqual(size);
}

describe('the corpus of bad zip archives', () => {
  for (const { name, bytes, expect: expected } of zipCases) {
    it(`${expected === 'valid' ? 'accepts' : 'refuses'}: ${name}`, () => {
      const outcome = attempt(bytes);
      if (expected === 'valid') {
        if (outcome instanceof FormatError) throw outcome;
        if (outcome === undefined) throw new Error('not recognised');
        expectApart(outcome, bytes.length);
        expect(attempt(bytes)).toEqual(outcome);
        const source = memoryByteSource('a.zip', bytes);
        for (const entry of outcome.entries) inflateEntry(source, entry, 1 << 22);
        return;
      }
      if (!(outcome instanceof FormatError)) throw new Error('it was accepted');
      expect(outcome.message).toMatch(expected);
      expect(outcome.file).toBe('a.zip');
      expect(outcome.offset).toBeGreaterThanOrEqual(0);
      expect(outcome.offset).toBeLessThanOrEqual(bytes.length);
    });
  }

  it('cut at any byte is refused, or no zip at all where nothing of it is left', () => {
    const file = zipFile([
      { name: 'a', data: 'xyz' },
      { name: 'b', data: 'q', flags: 8 },
    ]);
    for (let length = 0; length < file.length; length += 1) {
      const outcome = attempt(file.subarray(0, length));
      if (length < 4) expect(outcome).toBeUndefined();
      else expect(outcome).toBeInstanceOf(FormatError);
    }
  });
});

describe('content', () => {
  const noise = Buffer.from(Array.from({ length: 9000 }, seeded(7)).map((v) => v * 256));
  const contents = [Buffer.alloc(0), Buffer.from('short'), noise, Buffer.alloc(100_000, 'ab')];

  it('comes back whole, its head alike, stored and deflated', () => {
    for (const data of contents) {
      for (const deflate of [false, true]) {
        const file = zipFile([{ name: 'm', data, deflate }]);
        const source = memoryByteSource('a.zip', file);
        const [entry] = read(file).entries;
        if (entry === undefined) throw new Error('no member');
        expect(Buffer.compare(inflateEntry(source, entry, 1 << 20), data)).toBe(0);
        const member = openEntry(source, entry, 1 << 20);
        const range = member.source.read(member.offset, member.length);
        expect(Buffer.compare(range, data)).toBe(0);
        for (const head of [0, 1, 100, 5000]) {
          expect(Buffer.compare(inflateHead(source, entry, head), data.subarray(0, head))).toBe(0);
        }
      }
    }
  });

  function failure(run: () => unknown): string {
    try {
      run();
    } catch (error) {
      if (error instanceof FormatError) return error.message;
      throw error;
    }
    return 'accepted';
  }

  it('with a bad checksum is refused, stored and deflated', () => {
    for (const deflate of [false, true]) {
      const file = zipFile([{ name: 'm', data: 'content', deflate, crc: 1 }]);
      const source = memoryByteSource('a.zip', file);
      const [entry] = read(file).entries;
      if (entry === undefined) throw new Error('no member');
      expect(failure(() => inflateEntry(source, entry, 100))).toMatch(/checksum 00000001/);
      expect(failure(() => openEntry(source, entry, 100))).toMatch(/checksum 00000001/);
    }
  });

  it('beyond the limit is refused before anything is unpacked', () => {
    const file = zipFile([{ name: 'm', data: Buffer.alloc(50_000_000), deflate: true }]);
    const source = memoryByteSource('a.zip', file);
    const [entry] = read(file).entries;
    if (entry === undefined) throw new Error('no member');
    const before = source.bytesRead;
    expect(failure(() => inflateEntry(source, entry, 1 << 20))).toMatch(/at most 1048576 bytes/);
    expect(source.bytesRead).toBe(before);
    expect(inflateHead(source, entry, 64)).toHaveLength(64);
  });

  it('that unpacks to another size than declared is refused', () => {
    const packed = deflateRawSync(Buffer.alloc(5000));
    const longer = zipFile([{ name: 'm', data: Buffer.alloc(100), packed }]);
    const junk = zipFile([
      { name: 'm', data: 'x', packed: Buffer.concat([deflateRawSync('x'), Buffer.alloc(9)]) },
    ]);
    const broken = zipFile([{ name: 'm', data: 'x', packed: Buffer.of(0xff, 0xff) }]);
    for (const file of [longer, junk, broken]) {
      const [entry] = read(file).entries;
      if (entry === undefined) throw new Error('no member');
      const message = failure(() => inflateEntry(memoryByteSource('a.zip', file), entry, 1000));
      expect(message).toMatch(/expected .* bytes/);
    }
  });
});

describe('a large archive', () => {
  it('with a stored member of 5 GiB is read by its headers only', () => {
    const size = 5 * 2 ** 30;
    const path = join(scratch.folder, 'large.zip');
    const wide = extra(1, Buffer.concat([u64(size), u64(size)]));
    // The data is left out of the made file, and put between its two halves as a hole.
    const made = zipFile([
      {
        name: 'big',
        localSize: 0xffff_ffff,
        localExtra: wide,
        centralSize: 0xffff_ffff,
        centralCompressed: 0xffff_ffff,
        centralExtra: wide,
      },
    ]);
    const start = 30 + 3 + wide.length;
    const directory = made.subarray(start, made.length - 22);
    const end = zipFile([], {
      zip64: true,
      entries: 1,
      directorySize: directory.length,
      directoryOffset: start + size,
    });
    end.writeBigUInt64LE(BigInt(start + size + directory.length), 56 + 8);
    end.writeUInt32LE(0xffff_ffff, 76 + 16);
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, made.subarray(0, start));
    ftruncateSync(descriptor, start + size);
    writeSync(descriptor, Buffer.concat([directory, end]), 0, undefined, start + size);
    closeSync(descriptor);
    const source = openByteSource(path);
    try {
      expect(readZip(source)?.entries[0]).toMatchObject({ name: 'big', dataOffset: start, size });
      expect(source.bytesRead).toBeLessThan(70_000);
    } finally {
      source.close();
    }
  });
});

describe('mutants', () => {
  it('give an archive within bounds, a FormatError or no zip: 2,000 seeded ones', () => {
    const file = zipFile(
      [
        { name: 'a/data.pkl', data: 'some content', flags: 0x808 },
        { name: 'a/deflated', data: Buffer.alloc(300, 'ab'), deflate: true },
        { name: 'a/data/0', data: Buffer.alloc(64, 1), flags: 0x808, wideDescriptor: true },
      ],
      { zip64: true },
    );
    let readable = 0;
    for (const mutant of mutants(file, 2000, 45)) {
      const outcome = attempt(mutant);
      if (outcome === undefined || outcome instanceof FormatError) continue;
      readable += 1;
      expectApart(outcome, mutant.length);
      const source = memoryByteSource('a.zip', mutant);
      for (const entry of outcome.entries) {
        try {
          expect(inflateEntry(source, entry, 1 << 20)).toHaveLength(entry.size);
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }
    }
    expect(readable).toBeGreaterThan(0);
  });
});

const shared = join(import.meta.dirname, '../../../../../shared/data');
const manifest = join(shared, 'MANIFEST.json');
describe.skipIf(!existsSync(manifest))('the shared archives', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
  }
  const text = existsSync(manifest) ? readFileSync(manifest, 'utf8') : '[]';
  const listed = JSON.parse(text) as Listed[];
  it('are zips, all members have their checksum, and nothing else is a zip', () => {
    for (const { file, format } of listed) {
      const source = openByteSource(join(shared, file));
      const zip = readZip(source);
      expect(zip !== undefined).toBe(format.endsWith('zip') || format === 'npz');
      for (const entry of zip?.entries ?? []) inflateEntry(source, entry, 1 << 26);
      source.close();
    }
  });
});
