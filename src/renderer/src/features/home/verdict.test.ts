import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../../../shared/base';
import type { Totals } from '../../../../shared/domain';
import { savingsVerdict } from './verdict';

const totals = (part: Partial<Totals>): Totals => ({
  models: 3,
  files: 3,
  tensors: 9,
  logicalBytes: 1000e6,
  uniqueBytes: 0,
  fingerprintedBytes: 0,
  sharedBytes: 0,
  pendingModels: 0,
  ...part,
});
const say = (part: Partial<Totals>) => savingsVerdict(totals(part), (count) => formatBytes(count));

describe('savingsVerdict', () => {
  it('tells what storing identical bytes once saves', () => {
    expect(say({ fingerprintedBytes: 1000e6, uniqueBytes: 600e6 })).toBe(
      'Storing identical bytes once would save 400 MB of 1.00 GB, 40%.',
    );
  });

  it('speaks only of what was read while models are pending', () => {
    expect(say({ fingerprintedBytes: 500e6, uniqueBytes: 400e6, pendingModels: 1 })).toBe(
      'Storing identical bytes once would save 100 MB of the 500 MB read so far, 20%.',
    );
  });

  it('claims nothing before anything was read', () => {
    expect(say({ pendingModels: 3 })).not.toMatch(/save|0%/);
  });

  it('says so when there is nothing to save', () => {
    expect(say({ fingerprintedBytes: 1000e6, uniqueBytes: 1000e6 })).toContain('nothing to save');
  });
});
