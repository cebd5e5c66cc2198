import { describe, expect, it } from 'vitest';
import { counted, formatAgo, formatParameters } from './format';

describe('format', () => {
  it('says one file and two files', () => {
    expect(counted(1, 'file')).toBe('1 file');
    expect(counted(0, 'file')).toBe('0 files');
    expect(counted(1200, 'entry', 'entries')).toBe('1,200 entries');
  });

  it('writes parameters as the field does', () => {
    expect(formatParameters(7_615_616_512)).toBe('7.62B');
    expect(formatParameters(350_000_000)).toBe('350M');
    expect(formatParameters(12_500)).toBe('12.5k');
    expect(formatParameters(999)).toBe('999');
    expect(formatParameters(999_999)).toBe('1M');
    expect(formatParameters(1_000_000_000)).toBe('1B');
    expect(formatParameters(10_000_000_000)).toBe('10B');
    expect(formatParameters(100_000_000_000)).toBe('100B');
  });

  it('says how long ago, then the date', () => {
    const now = Date.UTC(2026, 1, 20, 12);
    expect(formatAgo(now - 20_000, now)).toBe('just now');
    expect(formatAgo(now - 5 * 60_000, now)).toBe('5 min ago');
    expect(formatAgo(now - 3 * 3_600_000, now)).toBe('3 h ago');
    expect(formatAgo(now - 30 * 3_600_000, now)).toBe('yesterday');
    expect(formatAgo(now - 72 * 3_600_000, now)).toBe('3 days ago');
    expect(formatAgo(now - 40 * 86_400_000, now)).toBe('2026-01-11');
    expect(formatAgo(now + 60_000, now)).toBe('just now');
  });
});
