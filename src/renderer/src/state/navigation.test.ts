import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import { useNavigation } from './navigation';

const first = '0000000000000001' as ModelId;
const second = '0000000000000002' as ModelId;
const start = useNavigation.getState();
const now = () => useNavigation.getState();

describe('navigation', () => {
  beforeEach(() => useNavigation.setState(start, true));

  it('goes back and forward through the places visited', () => {
    now().go({ screen: 'models' });
    now().go({ screen: 'explore', modelId: first });
    now().back();
    expect(now().location).toEqual({ screen: 'models' });
    now().forward();
    expect(now().location).toEqual({ screen: 'explore', modelId: first });
  });

  it('adds no step for going where one already is', () => {
    now().go({ screen: 'models' });
    now().go({ screen: 'models' });
    expect(now().past).toEqual([{ screen: 'home' }]);
  });

  it('drops the way forward when another way is taken', () => {
    now().go({ screen: 'models' });
    now().back();
    now().go({ screen: 'savings' });
    now().forward();
    expect(now().location).toEqual({ screen: 'savings' });
  });

  it('opens Explore on the model looked at last', () => {
    now().go({ screen: 'explore', modelId: first });
    now().go({ screen: 'home' });
    now().go({ screen: 'explore' });
    expect(now().location.modelId).toBe(first);
  });

  it('remembers the tensor in the history but makes no step of choosing it', () => {
    now().go({ screen: 'explore', modelId: first });
    now().replace({ screen: 'explore', modelId: first, tensor: 7 });
    now().go({ screen: 'savings' });
    now().back();
    expect(now().location).toEqual({ screen: 'explore', modelId: first, tensor: 7 });
    expect(now().past).toHaveLength(1);
  });

  it('stays put at both ends', () => {
    now().back();
    now().forward();
    expect(now().location).toEqual({ screen: 'home' });
  });

  it('points nowhere at models that were closed', () => {
    now().go({ screen: 'explore', modelId: first });
    now().go({ screen: 'explore', modelId: second });
    now().forgetMissing(new Set([second]));
    expect(now().location.modelId).toBe(second);
    expect(now().past).toEqual([{ screen: 'home' }, { screen: 'explore' }]);
    now().forgetMissing(new Set());
    expect(now().location).toEqual({ screen: 'explore' });
    expect(now().currentModel).toBeUndefined();
  });

  it('keeps its state, so that nothing is drawn again, when nothing was closed', () => {
    now().go({ screen: 'explore', modelId: first });
    const before = now();
    now().forgetMissing(new Set([first]));
    expect(now()).toBe(before);
  });

  it('opens Compare on the models compared last', () => {
    now().go({ screen: 'compare', compare: { a: first, b: [second] } });
    now().go({ screen: 'home' });
    now().go({ screen: 'compare' });
    expect(now().location.compare).toEqual({ a: first, b: [second] });
  });

  it('takes the same models in the same order as the same place, in another order as another', () => {
    now().go({ screen: 'compare', compare: { a: first, b: [second] } });
    now().go({ screen: 'compare', compare: { a: first, b: [second] } });
    expect(now().past).toHaveLength(1);
    now().go({ screen: 'compare', compare: { a: second, b: [first] } });
    expect(now().past).toHaveLength(2);
    now().go({ screen: 'compare', compare: { a: second, b: [] } });
    expect(now().past).toHaveLength(3);
  });

  it('drops closed models from comparisons, and comparisons without their base', () => {
    const third = '0000000000000003' as ModelId;
    now().go({ screen: 'compare', compare: { a: first, b: [second, third] } });
    now().forgetMissing(new Set([first, third]));
    expect(now().location).toEqual({ screen: 'compare', compare: { a: first, b: [third] } });
    now().go({ screen: 'home' });
    now().forgetMissing(new Set([third]));
    expect(now().past.at(-1)).toEqual({ screen: 'compare' });
    expect(now().currentComparison).toBeUndefined();
  });

  it('keeps the last hundred places', () => {
    for (let step = 0; step < 300; step++) {
      now().go({ screen: 'explore', modelId: first, tensor: step });
    }
    expect(now().past).toHaveLength(100);
  });
});
