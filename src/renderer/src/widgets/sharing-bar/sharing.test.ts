import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../../shared/domain';
import { sharingParts, sharingText } from './sharing';

const done = (logical: number, shared: number, exclusive: number) =>
  ({
    analysis: 'done',
    logicalBytes: logical,
    bytes: {
      logicalBytes: logical,
      sharedBytes: shared,
      exclusiveBytes: exclusive,
      uniqueBytes: shared + exclusive,
    },
  }) satisfies Partial<ModelSummary>;

describe('sharing', () => {
  it('splits the logical size into shared, exclusive and repeated', () => {
    const parts = sharingParts(done(100, 60, 30));
    expect(parts?.shared).toBeCloseTo(0.6);
    expect(parts?.exclusive).toBeCloseTo(0.3);
    expect(parts?.repeated).toBeCloseTo(0.1);
    expect(sharingText(done(100, 60, 30))).toBe(
      '60% shared with other models, 10% repeated inside, 30% only here',
    );
  });

  it('never shows an unknown share as none', () => {
    for (const analysis of ['pending', 'running', 'failed'] as const) {
      expect(sharingParts({ analysis, logicalBytes: 100 })).toBeUndefined();
      expect(sharingText({ analysis, logicalBytes: 100 })).not.toContain('0%');
    }
  });

  it('takes an empty model as empty', () => {
    expect(sharingParts(done(0, 0, 0))).toEqual({ shared: 0, repeated: 0, exclusive: 0 });
  });
});
