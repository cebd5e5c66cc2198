import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import type { JobInfo } from '../shared/domain';
import { catalogueFolder, userDataFolder } from './folders';
import { jobText } from './progress';
import { bytesArgument, seedArgument } from './sizes';
import { plain, plainLine, table, widthOf } from './text';

describe('names on a terminal', () => {
  it('lose escapes, control characters and reordering marks', () => {
    expect(plain('a\u001b[31mred\u001b[0mb')).toBe('aredb');
    expect(plain('a\u001b]0;title\u0007b')).toBe('ab');
    expect(plain('a\u001b]8;;http://x\u001b\\link')).toBe('alink');
    expect(plain('a\u009b2Jb\u0085\u0000\u0008\u007f')).toBe('ab');
    expect(plain('a\u001bcb\u001b')).toBe('ab');
    expect(plain('x\u202egnp.exe\u2066\u200f')).toBe('xgnp.exe');
    expect(plain('two\nlines')).toBe('two\nlines');
    expect(plainLine('two\r\nlines\u2028x')).toBe('two linesx');
    expect(plain('naïve-模型 🦙')).toBe('naïve-模型 🦙');
  });

  it('take as many columns as a terminal gives them', () => {
    expect(widthOf('nova')).toBe(4);
    expect(widthOf('模型')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });

  it('stand in aligned columns', () => {
    const rows = [
      ['a', '1'],
      ['模型x', '1000'],
    ];
    expect(table(['Name', 'Size'], rows, [false, true])).toBe(
      'Name   Size\na         1\n模型x  1000\n',
    );
  });
});

describe('sizes', () => {
  it('are read with decimal and binary units', () => {
    expect(bytesArgument('4GB')).toBe(4e9);
    expect(bytesArgument('1.5 GiB')).toBe(1.5 * 1024 ** 3);
    expect(bytesArgument('200000')).toBe(200_000);
    expect(bytesArgument('50m')).toBe(50e6);
    for (const bad of ['', '4 parsecs', '-1', '0', '1e9', '100TB', 'GB', '__proto__']) {
      expect(() => bytesArgument(bad), bad).toThrow(InvalidArgumentError);
    }
  });

  it('and seeds are whole numbers', () => {
    expect(seedArgument('0')).toBe(0);
    for (const bad of ['', '-1', '1.5', '9007199254740992', 'x']) {
      expect(() => seedArgument(bad), bad).toThrow(InvalidArgumentError);
    }
  });
});

describe('the catalogue', () => {
  it('lies in the platform’s data folder, where told, or in memory', () => {
    expect(userDataFolder({}, 'linux', '/home/a')).toBe('/home/a/.local/share/tessera');
    expect(userDataFolder({ XDG_DATA_HOME: '/d' }, 'linux', '/home/a')).toBe('/d/tessera');
    expect(userDataFolder({ XDG_DATA_HOME: 'd' }, 'linux', '/home/a')).toBe(
      '/home/a/.local/share/tessera',
    );
    expect(userDataFolder({}, 'darwin', '/Users/a')).toBe(
      '/Users/a/Library/Application Support/Tessera',
    );
    expect(catalogueFolder({ cache: false }, {})).toBeNull();
    expect(catalogueFolder({ cache: true, data: '/x' }, {})).toBe('/x');
  });
});

describe('the progress line', () => {
  const job: JobInfo = {
    id: 'job-1' as JobInfo['id'],
    kind: 'fingerprint',
    title: 'Fingerprinting 8 models',
    state: 'running',
    done: 1.2e9,
    total: 3e9,
    unit: 'bytes',
    itemsDone: 1,
    itemsTotal: 8,
    rate: 5.1e8,
    remaining: 3.5,
    startedAt: 0,
  };

  it('tells share, amount, rate and time left', () => {
    expect(jobText(job)).toBe(
      'Fingerprinting 8 models: 40%, 1.20 GB of 3.00 GB, 510 MB/s, 4 s left',
    );
  });

  it('tells only what is known', () => {
    const { remaining: _, ...unknown } = job;
    expect(
      jobText({ ...unknown, rate: 0, total: 0, done: 12, unit: 'files', title: 'Reading a' }),
    ).toBe('Reading a: 12 files');
  });
});
