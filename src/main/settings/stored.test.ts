import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../shared/domain';
import { maxRecents, readStored, type StoredRecent, withRecents } from './stored';

const recent = (path: string, lastOpened = 1): StoredRecent => ({
  path,
  kind: 'folder',
  lastOpened,
});

describe('readStored', () => {
  it('gives the defaults for nothing, and for what is no record', () => {
    const defaults = {
      units: 'decimal',
      theme: 'system',
      thresholds: defaultThresholds,
      window: null,
      recents: [],
      session: [],
      exportFolder: null,
    };
    for (const raw of [undefined, null, [], 7, 'text', {}]) {
      expect(readStored(raw)).toEqual(defaults);
    }
  });

  it('keeps every good field beside a bad one', () => {
    const stored = readStored({
      units: 'binary',
      theme: 'purple',
      window: { x: 1, y: 2, width: 'wide', height: 3, maximised: false },
      recents: [recent('/a'), { path: 7 }, recent('/b')],
      session: ['/a', null, '/b', ''],
      future: { anything: true },
    });
    expect(stored).toEqual({
      units: 'binary',
      theme: 'system',
      thresholds: defaultThresholds,
      window: null,
      recents: [recent('/a'), recent('/b')],
      session: ['/a', '/b'],
      exportFolder: null,
    });
  });

  it('refuses window bounds that no screen has', () => {
    const window = { x: 0, y: 0, width: 1e9, height: 900, maximised: false };
    expect(readStored({ window }).window).toBeNull();
    const good = { x: -1440, y: 20, width: 1440, height: 900, maximised: true };
    expect(readStored({ window: good }).window).toEqual(good);
  });

  it('takes thresholds that are in order, and otherwise the defaults, all three', () => {
    const thresholds = { exact: 0.999, nearDuplicate: 0.99, similar: 0.5 };
    expect(readStored({ thresholds }).thresholds).toEqual(thresholds);
    const bad = [
      { ...thresholds, similar: 0.995 },
      { ...thresholds, similar: 0.49 },
      { ...thresholds, exact: 1.01 },
      { ...thresholds, exact: '1' },
      { ...thresholds, exact: null },
      { exact: 1 },
      [1, 1, 1],
    ];
    for (const each of bad) {
      expect(readStored({ thresholds: each }).thresholds).toEqual(defaultThresholds);
    }
  });

  it('reads back what it wrote', () => {
    const stored = readStored({
      thresholds: { exact: 1, nearDuplicate: 0.9999999, similar: 0.6 },
      recents: [recent('/a')],
      session: ['/a'],
      exportFolder: '/out',
    });
    expect(readStored(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });
});

describe('withRecents', () => {
  it('puts what was opened in front, once', () => {
    const list = withRecents([recent('/a'), recent('/b')], [recent('/b', 9)]);
    expect(list).toEqual([recent('/b', 9), recent('/a')]);
  });

  it('drops the oldest beyond the limit', () => {
    const many = Array.from({ length: maxRecents }, (_, index) => recent(`/${index}`));
    const list = withRecents(many, [recent('/new')]);
    expect(list).toHaveLength(maxRecents);
    expect(list.map((item) => item.path)).not.toContain(`/${maxRecents - 1}`);
  });
});
