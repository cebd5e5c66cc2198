import { describe, expect, it } from 'vitest';
import { formatBytes, type ModelId } from '../../../../shared/base';
import {
  bitCount,
  bitsText,
  cosineText,
  differenceText,
  dtypeText,
  factsText,
  nameOfRow,
  otherNameOf,
  relativeL2Text,
  rowNumbers,
  rowsSentence,
  rowsText,
  shapesText,
  verdictOf,
} from './compare-text';
import { groupsOf, metricsOf, modelA, modelB, reportOf, rowOf, tensorOf } from './testing';

const bytes = (count: number) => formatBytes(count);
const modelC = 'c' as ModelId;
const names: Readonly<Record<string, string>> = {
  [modelA]: 'base',
  [modelB]: 'tuned',
  [modelC]: 'other',
};
const nameOf = (id: ModelId) => names[id] ?? '';

describe('rows in common', () => {
  const match = { prefix: 510, common: 510, rows: 510, baseRows: 511 };

  it('are counted of the longer tensor, and say where they are', () => {
    expect(rowsText(match)).toBe('510 of 511 rows');
    expect(rowsSentence(match)).toBe(
      'The base has 511 rows, the other 510; the first 510 are equal, byte for byte.',
    );
    expect(rowsSentence({ ...match, prefix: 3 })).toContain(
      '510 are in both, the first 3 in the same place',
    );
    expect(rowsSentence({ ...match, prefix: 0, common: 0 })).toContain('none in common');
  });

  it('need not be stored again', () => {
    const other = tensorOf('w', { byteLength: 1000 });
    const row = rowOf('near', { metrics: null, other, rows: { ...match, common: 255 } });
    expect(rowNumbers(row, String).stored).toBe('500');
  });
});

describe('the shapes of a pair', () => {
  const shapes = (a: readonly number[], b: readonly number[]) =>
    shapesText(
      rowOf('different', {
        tensor: tensorOf('w', { shape: a }),
        other: tensorOf('w', { shape: b }),
      }),
    );

  it('are told once, with the dimensions that differ', () => {
    expect(shapes([2, 3], [2, 3])).toBe('2 × 3');
    expect(shapes([511, 1, 256], [510, 1, 256])).toBe('511→510 × 1 × 256');
    expect(shapes([6], [2, 3])).toBe('6 → 2 × 3');
    expect(shapesText(rowOf('onlyA'))).toBe('2 × 3');
  });
});

describe('a cosine', () => {
  it('is called 1 only if it is', () => {
    expect(cosineText(1)).toBe('1');
    expect(cosineText(0.99999999)).toBe('>0.999999');
    expect(cosineText(-0.99999999)).toBe('<−0.999999');
    expect(cosineText(0.999961)).toBe('0.999961');
    expect(cosineText(0.99991)).toBe('0.9999');
    expect(cosineText(0.412)).toBe('0.4120');
    expect(cosineText(-0.25)).toBe('−0.2500');
    expect(cosineText(0)).toBe('0');
    expect(cosineText(-1)).toBe('−1');
    expect(cosineText(Number.NaN)).toBe('–');
  });
});

describe('numbers of a pair', () => {
  it('show two digits that count of a relative L2, from rounding to unrelated', () => {
    expect(relativeL2Text(0)).toBe('0');
    expect(relativeL2Text(0.0421)).toBe('0.042');
    expect(relativeL2Text(0.09)).toBe('0.090');
    expect(relativeL2Text(Math.SQRT2)).toBe('1.4');
    expect(relativeL2Text(0.0000032)).toBe('3.2e-6');
    expect(relativeL2Text(12.3)).toBe('12');
    expect(relativeL2Text(12345)).toBe('1.2e4');
    expect(relativeL2Text(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(relativeL2Text(Number.NaN)).toBe('–');
  });

  it('never round bits that differ away', () => {
    expect(bitsText(metricsOf())).toBe('3.1 of 16');
    expect(bitCount(0)).toBe('0');
    expect(bitCount(0.001)).toBe('<0.1');
  });

  it('show a largest difference of any size', () => {
    expect(differenceText(0)).toBe('0');
    expect(differenceText(0.51234)).toBe('0.512');
    expect(differenceText(0.0000123)).toBe('1.23e-5');
    expect(differenceText(Number.POSITIVE_INFINITY)).toBe('∞');
  });
});

describe('a row', () => {
  it('marks what is estimated, and only that', () => {
    expect(rowNumbers(rowOf('near'), bytes)).toEqual({
      cosine: '0.9991',
      relativeL2: '0.042',
      bits: '3.1',
      stored: '5 B',
    });
    const estimated = rowOf('near', { metrics: metricsOf({ verified: false }) });
    expect(rowNumbers(estimated, bytes)).toEqual({
      cosine: '~0.9991',
      relativeL2: '~0.042',
      bits: '~3.1',
      stored: '~5 B',
    });
  });

  it('knows the numbers of equal bytes without being told', () => {
    const exact = { cosine: '1', relativeL2: '0', bits: '0', stored: '0 B' };
    expect(rowNumbers(rowOf('identical'), bytes)).toEqual(exact);
  });

  it('claims no number that it does not have', () => {
    const none = { cosine: '–', relativeL2: '–', bits: '–' };
    expect(rowNumbers(rowOf('onlyA'), bytes)).toEqual({ ...none, stored: '–' });
    expect(rowNumbers(rowOf('onlyB'), bytes)).toEqual({ ...none, stored: '12 B' });
    expect(rowNumbers(rowOf('different'), bytes)).toEqual({ ...none, stored: '12 B' });
  });

  it('shows both dtypes and both names where they differ, and one where a tensor is alone', () => {
    const cast = rowOf('cast', {
      tensor: tensorOf('model.w', { dtype: 'F32' }),
      other: tensorOf('w'),
    });
    expect(dtypeText(cast)).toBe('F32→BF16');
    expect(nameOfRow(cast)).toBe('model.w');
    expect(otherNameOf(cast)).toBe('w');
    expect(dtypeText(rowOf('near'))).toBe('BF16');
    expect(otherNameOf(rowOf('near'))).toBeUndefined();
    expect(nameOfRow(rowOf('onlyB'))).toBe('w');
    expect(dtypeText(rowOf('onlyA'))).toBe('BF16');
  });
});

describe('the verdict', () => {
  it('of one model is the engine’s sentence', () => {
    expect(verdictOf([reportOf(groupsOf({ near: 100 }))], nameOf)).toBe(
      'The sentence of the engine.',
    );
    expect(verdictOf([], nameOf)).toBe('');
  });

  it('of several says how much is alike, and which is closest and farthest', () => {
    const close = reportOf(groupsOf({ identical: 800, cast: 100, near: 100 }));
    const far = reportOf(groupsOf({ identical: 200, different: 800 }), { b: modelC });
    expect(verdictOf([far, close], nameOf)).toBe(
      '55% of the bytes are identical or casts, 5% are near. Closest is tuned, farthest other.',
    );
  });

  it('of several copies says so, and names no closest among equals', () => {
    const same = reportOf(groupsOf({ identical: 100 }));
    expect(verdictOf([same, { ...same, b: modelC }], nameOf)).toBe(
      'All 2 models are identical to base, byte for byte.',
    );
    const near = reportOf(groupsOf({ near: 100 }));
    expect(verdictOf([near, { ...near, b: modelC }], nameOf)).toBe(
      'None of the bytes are identical, 100% are near.',
    );
  });
});

describe('the line below the verdict', () => {
  const facts = { models: 1, base: 'base', tensors: 2034, logicalBytes: 91.4e9, renamed: 0 };

  it('says what was compared', () => {
    expect(factsText(facts, bytes)).toBe('Against base · 2,034 tensors · 91.4 GB logical');
    expect(factsText({ ...facts, models: 6, renamed: 1 }, bytes)).toBe(
      '6 models against base · 2,034 tensors · 91.4 GB logical · 1 tensor under another name',
    );
  });

  it('shows hostile names as what they are', () => {
    expect(factsText({ ...facts, base: 'a\u202eb' }, bytes)).toContain('a\\u{202E}b');
  });
});
