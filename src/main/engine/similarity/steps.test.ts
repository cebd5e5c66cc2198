import { describe, expect, it } from 'vitest';
import { compareSteps, stepOf, stepsBetween, versionStem } from './steps';

const order = (a: string, b: string, folder = '/m'): number | undefined =>
  compareSteps(stepOf(a, folder), stepOf(b, folder));

describe('steps in names', () => {
  it.each([
    ['RFB-Epoch-20-Loss-3.70', 'RFB-Epoch-100-Loss-2.71'],
    ['checkpoint-1000', 'checkpoint-8000'],
    ['epoch=3-step=900', 'epoch=3-step=1200'],
    ['style-000002', 'style-000010'],
    ['model_iter_5000', 'model_iter_40000'],
    ['vad@2024-07-09-f0d880d', 'vad@2025-11-06-bfdc019'],
  ])('%s comes before %s', (a, b) => {
    expect(order(a, b)).toBeLessThan(0);
    expect(order(b, a)).toBeGreaterThan(0);
  });

  it.each([
    ['Llama-3-8B', 'Llama-3-70B'],
    ['run-a-step-1', 'run-b-step-2'],
    ['epoch-3', 'epoch-3'],
    ['footstep2', 'footstep3'],
    ['a@2024-07-09', 'a-epoch-3'],
    ['v1-epoch-2', 'v2-epoch-3'],
  ])('%s and %s are not in one series', (a, b) => {
    expect(order(a, b)).toBeUndefined();
  });

  it('are read from the folder where the name has none', () => {
    const at = (folder: string) => stepOf('adapter_model', folder);
    expect(compareSteps(at('/run/checkpoint-500'), at('/run/checkpoint-1000'))).toBeLessThan(0);
    expect(compareSteps(at('/run/checkpoint-500'), at('/other/checkpoint-1000'))).toBeUndefined();
  });

  it('are told in words', () => {
    const between = (a: string, b: string) => stepsBetween(stepOf(a, ''), stepOf(b, ''));
    expect(between('epoch-480', 'epoch-499')).toBe('step 480 → 499');
    expect(between('a@2024-07-09', 'a@2025-11-06')).toBe('2024-07-09 → 2025-11-06');
    expect(between('a', 'b')).toBeUndefined();
  });

  it('take no long time for a hostile name', () => {
    expect(stepOf('-'.repeat(1_000_000), '/')).toBeUndefined();
    expect(stepOf('epoch'.repeat(200_000), '/')).toBeUndefined();
  });
});

describe('versionStem', () => {
  it.each([
    ['v0.1__alex', 'weights__alex'],
    ['v1_0__af_bella', 'voices__af_bella'],
    ['vgg7__scale@2017-03-06-58ea91d', 'vgg7__scale@2018-05-01-3bc1a83'],
    ['whisper-v2', 'whisper-v3'],
  ])('is the same for %s and %s', (a, b) => {
    expect(versionStem(a)).toBeDefined();
    expect(versionStem(a)).toBe(versionStem(b));
  });

  it('is none for names that any model may have', () => {
    for (const name of ['model', 'adapter_model', 'pytorch_model.bin', 'v2', '2024-01-01']) {
      expect(versionStem(name)).toBeUndefined();
    }
  });
});
