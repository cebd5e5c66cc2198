import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/domain';
import { problemHint, problemReport, problemSummary } from './problem-text';

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
});
