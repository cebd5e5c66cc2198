import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insideOf, unzip } from './zip.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-zip-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A zip archive of `[name, content, mode, method]` entries. */
function zipOf(entries) {
  const locals = [];
  const central = [];
  let offset = 0;
  for (const [name, content, mode, method = 8] of entries) {
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(content), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE((mode << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), data);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

async function archive(entries) {
  const file = path.join(folder, 'a.zip');
  await writeFile(file, zipOf(entries));
  return file;
}

it('unpacks stored and deflated files with their modes, folders and links', async () => {
  const file = await archive([
    ['d/', '', 0o040755, 0],
    ['d/run', 'text '.repeat(1000), 0o100755],
    ['d/plain', 'abc', 0o100644, 0],
    ['d/empty', '', 0o100644, 0],
    ['link', 'd/run', 0o120777, 0],
  ]);
  await unzip(file, folder);
  expect(await readFile(path.join(folder, 'link'), 'utf8')).toBe('text '.repeat(1000));
  expect(await readlink(path.join(folder, 'link'))).toBe('d/run');
  expect((await stat(path.join(folder, 'd/run'))).mode & 0o777).toBe(0o755);
  expect((await stat(path.join(folder, 'd/plain'))).mode & 0o111).toBe(0);
  expect((await stat(path.join(folder, 'd/empty'))).size).toBe(0);
});

it('renames and leaves out as told', async () => {
  const file = await archive([
    ['x/keep', '1', 0o100644],
    ['x/drop', '2', 0o100644],
  ]);
  await unzip(file, folder, (name) => (name === 'x/keep' ? 'kept' : undefined));
  expect(await readFile(path.join(folder, 'kept'), 'utf8')).toBe('1');
  await expect(stat(path.join(folder, 'x'))).rejects.toThrow('ENOENT');
});

it('refuses names that lead out of the folder', async () => {
  await expect(unzip(await archive([['../evil', 'x', 0o100644]]), folder)).rejects.toThrow(
    '../evil',
  );
  expect(() => insideOf('/a', '/etc/passwd')).toThrow('/etc/passwd');
  expect(insideOf('/a', 'b/c')).toBe('/a/b/c');
});

it('refuses what is no archive, and one that was cut', async () => {
  const file = path.join(folder, 'no.zip');
  await writeFile(file, 'hello hello hello hello hello');
  await expect(unzip(file, folder)).rejects.toThrow('not a zip archive');
  const whole = zipOf([['a', 'b'.repeat(100), 0o100644, 0]]);
  await writeFile(file, whole.subarray(60));
  await expect(unzip(file, folder)).rejects.toThrow();
});
