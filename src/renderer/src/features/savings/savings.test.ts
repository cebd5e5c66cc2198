import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, type ModelId } from '../../../../shared/base';
import type { ModelSavings, SavingsReport } from '../../../../shared/domain';
import { bySize, chartRows, pendingText, verdictOf } from './savings-text';

const bytes = (count: number) => formatBytes(count);
const model = (n: number, logicalBytes: number, sharedBytes = 0): ModelSavings => ({
  modelId: n.toString(16).padStart(16, '0') as ModelId,
  name: `model ${n}`,
  logicalBytes,
  sharedBytes,
  repeatedBytes: 0,
  exclusiveBytes: logicalBytes - sharedBytes,
});
const report = (patch: Partial<SavingsReport> = {}): SavingsReport => ({
  models: [model(1, 20_000_000, 12_300_000), model(2, 12_100_000, 12_000_000)],
  pendingModels: 0,
  logicalBytes: 32_100_000,
  uniqueBytes: 19_800_000,
  savedBytes: 12_300_000,
  savedAcrossModels: 12_000_000,
  savedInsideModels: 300_000,
  ...patch,
});

describe('the verdict', () => {
  it('says what is saved, of how much, and why', () => {
    expect(verdictOf(report(), bytes)).toEqual({
      kind: 'saves',
      title: 'Storing shared fragments once saves 12.3 MB, 38% of 32.1 MB.',
      detail:
        '12.0 MB from fragments that several models hold, 300 kB from repeats inside one model.',
    });
  });

  it('names the one cause where there is only one', () => {
    const across = verdictOf(
      report({ savedInsideModels: 0, savedAcrossModels: 12_300_000 }),
      bytes,
    );
    expect(across).toMatchObject({ detail: expect.stringContaining('All of it comes from frag') });
    const inside = verdictOf(
      report({ savedInsideModels: 12_300_000, savedAcrossModels: 0 }),
      bytes,
    );
    expect(inside).toMatchObject({ detail: expect.stringContaining('All of it comes from rep') });
  });

  it('says honestly that nothing is shared', () => {
    const none = { savedBytes: 0, savedAcrossModels: 0, savedInsideModels: 0 };
    const verdict = verdictOf(report({ ...none, uniqueBytes: 32_100_000 }), bytes);
    expect(verdict).toMatchObject({
      kind: 'nothing',
      title: 'Nothing is shared exactly between these models.',
    });
    const alone = verdictOf(report({ ...none, models: [model(1, 5)] }), bytes);
    expect(alone).toMatchObject({ title: 'One model alone shares nothing.' });
  });

  it('claims nothing before there are figures', () => {
    expect(verdictOf(report({ models: [] }), bytes)).toEqual({ kind: 'empty' });
    expect(verdictOf(report({ models: [], pendingModels: 3 }), bytes)).toMatchObject({
      kind: 'waiting',
      title: '3 models not fingerprinted yet.',
    });
  });
});

describe('the note on pending models', () => {
  it('says how many are missing and for which ones the figures hold', () => {
    expect(pendingText(report(), 0)).toBeUndefined();
    expect(pendingText(report({ pendingModels: 3 }), 0)).toBe(
      '3 models are not fingerprinted yet; the figures below are exact for the other 2.',
    );
    expect(pendingText(report({ pendingModels: 1, models: [model(1, 5)] }), 0)).toBe(
      '1 model is not fingerprinted yet; the figures below are exact for the other one.',
    );
  });

  it('tells models that failed from models that are waiting', () => {
    expect(pendingText(report({ pendingModels: 2 }), 2)).toBe(
      '2 models could not be fingerprinted (see Problems); the figures below are exact for the other 2.',
    );
    expect(pendingText(report({ pendingModels: 3 }), 1)).toBe(
      '2 models are not fingerprinted yet and 1 could not be (see Problems); the figures below are exact for the other 2.',
    );
  });
});

describe('the rows of the chart', () => {
  it('are the largest models, largest first, names deciding between equals', () => {
    const models = [model(3, 10), model(1, 30), model(2, 10)];
    expect(bySize(models).map((one) => one.name)).toEqual(['model 1', 'model 2', 'model 3']);
    expect(chartRows(models, 5).map((row) => row.name)).toEqual(['model 1', 'model 2', 'model 3']);
  });

  it('end with one row for the models that do not fit', () => {
    const rows = chartRows([model(1, 30), model(2, 20, 5), model(3, 10, 4)], 1);
    expect(rows.at(-1)).toMatchObject({
      name: '2 smaller models',
      logicalBytes: 30,
      sharedBytes: 9,
    });
    expect(rows.at(-1)?.model).toBeUndefined();
  });

  it('account for every byte of every model, whatever the cut', () => {
    const some = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 40 });
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 20 }), (sizes, most) => {
        const models = sizes.map((size, i) => model(i, size, Math.floor(size / 3)));
        const rows = chartRows(models, most);
        const sum = rows.reduce((total, row) => total + row.logicalBytes, 0);
        expect(sum).toBe(sizes.reduce((total, size) => total + size, 0));
        for (const row of rows) {
          expect(row.sharedBytes + row.repeatedBytes + row.exclusiveBytes).toBe(row.logicalBytes);
        }
      }),
    );
  });
});
