import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import {
  comparisonKey,
  comparisonOf,
  firstLook,
  MOST_OTHERS,
  noFocus,
  useCompareView,
  withBase,
  withModel,
  withoutModel,
} from './compare';

const [a, b, c, d] = ['a', 'b', 'c', 'd'] as unknown as [ModelId, ModelId, ModelId, ModelId];
const many = Array.from({ length: 100 }, (_, i) => `m${i}` as ModelId);

describe('a comparison', () => {
  it('takes what was chosen first as the base, and every model once', () => {
    expect(comparisonOf([a, b, a, c])).toEqual({ a, b: [b, c] });
    expect(comparisonOf([a, a])).toBeUndefined();
    expect(comparisonOf([])).toBeUndefined();
    expect(comparisonOf(many)?.b).toHaveLength(MOST_OTHERS);
  });

  it('grows and shrinks without doubles', () => {
    expect(withModel({ a, b: [b] }, c)).toEqual({ a, b: [b, c] });
    expect(withModel({ a, b: [b] }, b)).toEqual({ a, b: [b] });
    expect(withModel({ a, b: [b] }, a)).toEqual({ a, b: [b] });
    expect(withModel({ a, b: many.slice(0, MOST_OTHERS) }, b).b).toHaveLength(MOST_OTHERS);
    expect(withoutModel({ a, b: [b, c] }, b)).toEqual({ a, b: [c] });
  });

  it('swaps the base with one of the others, or takes a new one', () => {
    expect(withBase({ a, b: [b, c] }, c)).toEqual({ a: c, b: [b, a] });
    expect(withBase(withBase({ a, b: [b] }, b), a)).toEqual({ a, b: [b] });
    expect(withBase({ a, b: [b] }, d)).toEqual({ a: d, b: [b] });
    expect(withBase({ a, b: [b] }, a)).toEqual({ a, b: [b] });
  });

  it('is another one in another order', () => {
    expect(comparisonKey({ a, b: [b, c] })).not.toBe(comparisonKey({ a, b: [c, b] }));
  });

  it('is measured at the first look only', () => {
    expect(firstLook('x y')).toBe(true);
    expect(firstLook('x y')).toBe(false);
    expect(firstLook('y x')).toBe(true);
  });
});

describe('what a comparison is looked at with', () => {
  it('forgets filters of the comparison before, and keeps its own', () => {
    const { changeFocus } = useCompareView.getState();
    changeFocus('one', { text: 'q_proj' });
    changeFocus('one', { model: b });
    expect(useCompareView.getState().focus).toEqual({ ...noFocus, text: 'q_proj', model: b });
    changeFocus('two', { text: 'mlp' });
    expect(useCompareView.getState().focus).toEqual({ ...noFocus, text: 'mlp' });
  });
});
