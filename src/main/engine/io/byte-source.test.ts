import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileError, FormatError } from '../formats/errors';
import { scratchFolder } from '../formats/testing/cases';
import { MAX_READ_BYTES, openByteSource } from './byte-source';

const scratch = scratchFolder('source');
afterAll(scratch.remove);

function refusal(path: string): FileError {
  try {
    openByteSource(path).close();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

describe('openByteSource', () => {
  const path = scratch.write('ten', '0123456789');

  it('reads exact ranges and counts what it handed out', () => {
    const source = openByteSource(path);
    expect(Buffer.from(source.read(2, 3)).toString()).toBe('234');
    expect(Buffer.from(source.read(0, 10)).toString()).toBe('0123456789');
    expect(source.read(10, 0)).toHaveLength(0);
    expect([source.size, source.bytesRead]).toEqual([10, 13]);
    source.close();
  });

  it('refuses a range past the end with a FormatError, and nonsense with a RangeError', () => {
    const source = openByteSource(path);
    expect(() => source.read(8, 3)).toThrow(FormatError);
    expect(() => source.read(11, 0)).toThrow(FormatError);
    expect(() => source.read(-1, 1)).toThrow(RangeError);
    expect(() => source.read(0, Number.NaN)).toThrow(RangeError);
    source.close();
    expect(() => source.read(0, 1)).toThrow(FileError);
    source.close();
  });

  it('refuses one read over the limit before it allocates', () => {
    execFileSync('truncate', ['-s', String(MAX_READ_BYTES + 10), join(scratch.folder, 'big')]);
    const source = openByteSource(join(scratch.folder, 'big'));
    expect(() => source.read(0, MAX_READ_BYTES + 1)).toThrow(RangeError);
    source.close();
  });

  it('notices a file that shrank after it was opened', () => {
    const shrinking = scratch.write('shrinking', 'x'.repeat(100));
    const source = openByteSource(shrinking);
    writeFileSync(shrinking, 'x'.repeat(50));
    expect(() => source.read(0, 100)).toThrow(/at byte 50: expected 50 more bytes/);
    source.close();
  });

  it('names the operation, the path and the code when the system refuses', () => {
    expect(refusal(join(scratch.folder, 'absent'))).toMatchObject({
      operation: 'open',
      code: 'ENOENT',
      file: join(scratch.folder, 'absent'),
    });
  });

  it('refuses a folder', () => {
    mkdirSync(join(scratch.folder, 'folder'));
    expect(refusal(join(scratch.folder, 'folder')).code).toBe('EISDIR');
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe at once instead of waiting', () => {
    execFileSync('mkfifo', [join(scratch.folder, 'pipe')]);
    expect(refusal(join(scratch.folder, 'pipe')).code).toBe('ENOTREG');
    expect(refusal('/dev/zero').code).toBe('ENOTREG');
  });
});
