import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/domain';
import {
  bytesOf,
  filterProblems,
  groupProblems,
  problemHint,
  problemKindText,
  problemReport,
  problemSummary,
} from './problem-text';

const broken: Problem = {
  file: '/models/a\u202e.safetensors',
  error: 'The header is longer than the file.',
  kind: 'malformed',
  offset: 0,
  expected: 'at most 4,088',
  found: '8388608',
};

describe('problems', () => {
  it('always name a way out', () => {
    for (const kind of [
      'malformed',
      'unreadable',
      'missing-shard',
      'outside-root',
      'partial-download',
      'changed-while-reading',
      'fingerprint-failed',
      'orphan',
      'wrong-digest',
      'store',
    ] as const) {
      expect(problemHint({ file: 'x', error: 'y', kind })).toMatch(/\.$/);
    }
    expect(problemHint({ ...broken, hint: 'Ask Ada.' })).toBe('Ask Ada.');
  });

  it('are copied as plain text with everything known', () => {
    expect(problemReport(broken)).toBe(
      [
        'Malformed file: The header is longer than the file.',
        'file: /models/a\\u{202E}.safetensors',
        'at byte: 0',
        'expected: at most 4,088',
        'found: 8388608',
        'what to do: Download the file again, or ask who made it.',
      ].join('\n'),
    );
  });

  it('are summed up by kind, most frequent first', () => {
    const partial: Problem = { file: 'b', error: '', kind: 'partial-download' };
    expect(problemSummary([broken, partial, partial])).toBe(
      '2 partial downloads, 1 malformed file',
    );
    expect(problemSummary([broken, partial, partial], 1)).toBe('2 partial downloads, 1 more');
  });

  const orphan: Problem = { file: '/b/sha256-00', error: 'e', kind: 'orphan', bytes: 3_000_000 };

  it('are grouped by kind, the worst first, with their bytes', () => {
    const wrong: Problem = { file: 'w', error: '', kind: 'wrong-digest' };
    expect(groupProblems([orphan, broken, orphan, wrong])).toEqual([
      { kind: 'wrong-digest', problems: [wrong], bytes: 0 },
      { kind: 'malformed', problems: [broken], bytes: 0 },
      { kind: 'orphan', problems: [orphan, orphan], bytes: 6_000_000 },
    ]);
    expect(bytesOf([])).toBe(0);
  });

  it('are copied with the room that they take', () => {
    expect(problemReport(orphan)).toContain('size: 3,000,000 bytes');
  });

  it('are found by path, sentence and kind', () => {
    const all = [broken, orphan];
    expect(filterProblems(all, '')).toEqual(all);
    expect(filterProblems(all, 'HEADER longer')).toEqual([broken]);
    expect(filterProblems(all, 'orphans sha256')).toEqual([orphan]);
    expect(filterProblems(all, 'nothing like it')).toEqual([]);
  });

  it('have a heading in the right number', () => {
    expect(problemKindText('orphan')).toBe('Orphan');
    expect(problemKindText('malformed', 2)).toBe('Malformed files');
  });
});
