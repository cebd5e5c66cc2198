import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { architectureFor, parametersOf } from './architecture';
import { f16Bits } from './dtypes';
import { writeSamples } from './index';
import { fillNormal, keyOf, normals } from './random';
import { floatsOf, modelOf, readTensors } from './test-support';

const SIZE = 4_000_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-samples-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function moments(values: Float32Array) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((sum, v) => sum + (v - mean) ** 4, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), kurtosis: fourth / variance ** 2 };
}

describe('weight statistics', () => {
  it('are bell-shaped: deviation 1, mean 0, tails a little heavier than normal', () => {
    const values = normals(keyOf(1, 'test'), 1_000_000);
    const { mean, deviation, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.01);
    expect(kurtosis).toBeGreaterThan(3.3);
    expect(kurtosis).toBeLessThan(4.5);
    expect(values.every((v) => Math.abs(v) < 8)).toBe(true);
    const inside = values.filter((v) => Math.abs(v) < 1).length / values.length;
    expect(inside).toBeGreaterThan(0.66);
    expect(inside).toBeLessThan(0.74);
  });

  it('keep independent streams apart and repeat none of their blocks', () => {
    const one = new Float32Array(4096);
    const two = new Float32Array(4096);
    const correlation = () => one.reduce((sum, v, i) => sum + v * (two[i] ?? 0), 0) / 4096;
    fillNormal(one, keyOf(1, 'a'), 0, 4096);
    fillNormal(two, keyOf(1, 'a'), 1, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
    fillNormal(two, keyOf(1, 'b'), 0, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
    fillNormal(two, keyOf(2, 'a'), 0, 4096);
    expect(Math.abs(correlation())).toBeLessThan(0.08);
  });

  it('put norms near 1 and give linear weights outlier columns', async () => {
    await writeSamples(folder, { size: SIZE });
    const base = await readTensors(folder, modelOf('nova-base', SIZE));
    const norm = base.get('model.layers.0.input_layernorm.weight');
    const query = base.get('model.layers.0.self_attn.q_proj.weight');
    if (norm === undefined || query === undefined) throw new Error('missing');
    expect(Math.abs(moments(floatsOf(norm)).mean - 1)).toBeLessThan(0.1);
    const [rows = 0, columns = 0] = query.shape;
    const values = floatsOf(query);
    const power = Array.from({ length: columns }, (_, c) => {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += (values[r * columns + c] ?? 0) ** 2;
      return Math.sqrt(sum / rows);
    }).sort((a, b) => b - a);
    const median = power[columns >> 1] ?? 0;
    expect((power[0] ?? 0) / median).toBeGreaterThan(3);
    expect((power.at(-1) ?? 0) / median).toBeGreaterThan(0.4);
  });

  it('use all mantissas of bfloat16', async () => {
    await writeSamples(folder, { size: SIZE });
    const base = await readTensors(folder, modelOf('nova-base', SIZE));
    const halves = new Uint16Array(Uint8Array.from(base.get('lm_head.weight')?.bytes ?? []).buffer);
    const counts = new Float64Array(128);
    for (const half of halves) counts[half & 127] = (counts[half & 127] ?? 0) + 1;
    const entropy = counts.reduce(
      (sum, n) => sum - (n / halves.length) * Math.log2(n / halves.length),
      0,
    );
    expect(entropy).toBeGreaterThan(6.9);
  });

  it('round to binary16 as IEEE 754 says, ties to even, subnormals included', () => {
    const word = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
    expect(f16Bits(word(1))).toBe(0x3c00);
    expect(f16Bits(word(-2))).toBe(0xc000);
    expect(f16Bits(word(65504))).toBe(0x7bff);
    expect(f16Bits(word(65520))).toBe(0x7c00);
    expect(f16Bits(word(1 + 2 ** -11))).toBe(0x3c00);
    expect(f16Bits(word(1 + 3 * 2 ** -11))).toBe(0x3c02);
    expect(f16Bits(word(2 ** -14))).toBe(0x0400);
    expect(f16Bits(word(2 ** -24))).toBe(0x0001);
    expect(f16Bits(word(2 ** -25))).toBe(0);
    expect(f16Bits(word(3 * 2 ** -25))).toBe(2);
    expect(f16Bits(word(-0))).toBe(0x8000);
  });

  it('choose more layers for more parameters, never beyond what was asked', () => {
    let previous = 0;
    for (let parameters = 1e5; parameters < 1e10; parameters *= 1.7) {
      const count = parametersOf(architectureFor(parameters));
      expect(count).toBeLessThanOrEqual(parameters);
      expect(count).toBeGreaterThanOrEqual(previous);
      previous = count;
    }
  });
});
