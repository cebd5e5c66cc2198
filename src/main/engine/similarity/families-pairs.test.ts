import { describe, expect, it } from 'vitest';
import { contextOf } from './families-context';
import type { Context, FamilyInput } from './families-input';
import { type Kin, kinOf } from './families-pairs';
import { type WorldModel, worldOf } from './testing/families-world';
import { fineTune, type MadeTensor, madeModel } from './testing/made-models';

function context(input: FamilyInput): Context {
  const steps = contextOf(input);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function kin(a: WorldModel, b: WorldModel, relations?: number): { kin: Kin; relations: number } {
  const input = worldOf([a, b]);
  let asked = 0;
  const relate = (x: number, y: number) => {
    asked += 1;
    return input.pairs.relate(x, y);
  };
  const made = context({ ...input, pairs: { relate } });
  const [first, second] = made.nodes;
  if (first === undefined || second === undefined) throw new Error('expected two models');
  return { kin: kinOf(first, second, 0, made, relations), relations: asked };
}

const base = madeModel(1, 'F32');
const tuned = fineTune(base, 0.1, 'F32', 2);
const bytesOf = (tensors: readonly MadeTensor[]): number =>
  tensors.reduce((sum, { values }) => sum + values.length * 4, 0);

describe('pairs of models', () => {
  it('count every tensor of either side once', () => {
    const extra = {
      ...(base[0] as MadeTensor),
      name: 'extra',
      values: new Float32Array(10_240).fill(7),
    };
    const { kin: made } = kin(
      { name: 'a', tensors: [...base.slice(0, 4), ...tuned.slice(4)] },
      { name: 'b', tensors: [...base, extra] },
    );
    const { identical, near, different, cast } = made.bFromA;
    expect([identical.tensors, cast.tensors, near.tensors, different.tensors]).toEqual([
      4, 0, 10, 1,
    ]);
    expect(identical.bytes + near.bytes + different.bytes).toBe(bytesOf([...base, extra]));
    expect(made.aFromB.different.tensors).toBe(0);
    expect(made.bFromA.cost).toBeGreaterThan(40_960);
    expect(made.bFromA.cost).toBeLessThan(40_960 + near.bytes);
    expect(made.bFromA.changedLayers).toContain('extra');
  });

  it('of few relations tell nearly what all tell, and keep to their number', () => {
    const [a, b] = [
      { name: 'a', tensors: base },
      { name: 'b', tensors: [...base.slice(0, 2), ...tuned.slice(2)] },
    ];
    const whole = kin(a, b);
    const some = kin(a, b, 4);
    expect([whole.relations, some.relations]).toEqual([12, 4]);
    expect([whole.kin.isExact, some.kin.isExact]).toEqual([true, false]);
    expect(some.kin.bFromA.identical).toEqual(whole.kin.bFromA.identical);
    expect(some.kin.bFromA.near).toEqual(whole.kin.bFromA.near);
    expect(some.kin.bFromA.cost / whole.kin.bFromA.cost).toBeGreaterThan(0.9);
    expect(some.kin.bFromA.cost / whole.kin.bFromA.cost).toBeLessThan(1.1);
  });

  it('follow tensors whose bytes have moved to other names', () => {
    const swap = (name: string): string =>
      name.replace(/layers\.(\d)/, (_, layer) => `layers.${1 - Number(layer)}`);
    const moved = base.map((tensor) => ({
      ...tensor,
      values: base.find(({ name }) => name === swap(tensor.name))?.values ?? tensor.values,
    }));
    const input = worldOf([
      { name: 'a', tensors: base },
      { name: 'b', tensors: moved },
    ]);
    const made = context(input);
    const [first, second] = made.nodes;
    if (first === undefined || second === undefined) throw new Error('expected two models');
    expect(kinOf(first, second, bytesOf(base), made).aFromB.identical.tensors).toBe(base.length);
  });
});
