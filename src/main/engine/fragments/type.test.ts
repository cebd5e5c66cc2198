import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragmentTypes } from '../../../shared/domain';
import { generationCases } from './testing/generation-cases';
import { languageCases } from './testing/language-cases';
import type { TypeCases } from './testing/type-cases';
import { visionCases } from './testing/vision-cases';
import { fragmentTypeOf, fragmentTypesOf } from './type';

const families: TypeCases = { ...languageCases, ...visionCases, ...generationCases };

describe('fragment types', () => {
  for (const [family, rows] of Object.entries(families)) {
    it(`of ${family} are told from its real names`, () => {
      const got = rows.map(([name, shape]) => [name, fragmentTypeOf(name, shape)]);
      expect(got).toEqual(rows.map(([name, , type]) => [name, type]));
    });
  }

  it('are told for at least thirty architectures', () => {
    expect(Object.keys(families).length).toBeGreaterThanOrEqual(30);
  });

  it('of a whole model are those of its tensors one by one, whatever the numbers in names', () => {
    const rows = Object.values(families).flat();
    const renumbered = rows.map(([name, shape]) => ({
      name: name.replace(/\d+/g, (digits) => (Number(digits) < 2 ? digits : String(+digits + 7))),
      shape,
    }));
    expect(fragmentTypesOf(renumbered)).toEqual(
      renumbered.map(({ name, shape }) => fragmentTypeOf(name, shape)),
    );
    const digits = fc.constantFrom('.0.', '0_', ':1:', 'a7', '.weight', '.', 'to_q1', 'w2', 'bias');
    const names = fc.array(digits, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(names, { maxLength: 20 }), (some) => {
        const tensors = some.map((name, at) => ({ name, shape: at % 2 ? [4, 4] : [4] }));
        expect(fragmentTypesOf(tensors)).toEqual(
          tensors.map(({ name, shape }) => fragmentTypeOf(name, shape)),
        );
      }),
      { seed: 11 },
    );
  });

  it('do not change below the prefix of a diffusion model, whose letters say "ff"', () => {
    for (const family of ['SDXL UNet', 'SD3 and Flux', 'Qwen-Image', 'DiT and PixArt', 'Wan']) {
      for (const [name, shape, type] of families[family] ?? []) {
        if (type === 'output-head') continue;
        const below = `model.diffusion_model.${name}`;
        expect([below, fragmentTypeOf(below, shape)]).toEqual([below, type]);
      }
    }
  });

  it('never come from a piece of a word', () => {
    const plain = [
      'model.diffusion_model.middle.weight', // "ff"
      'offset.weight', // "ff"
      'normal_map.weight', // "norm"
      'convert.weight', // "conv"
      'keyboard.weight', // "key"
      'ahead.weight', // "head"
      'unembossed.weight', // "emb"
      'deposit.weight', // "pos"
      'explorations.weight', // "lora"
    ];
    for (const name of plain)
      expect([name, fragmentTypeOf(name, [8, 8])]).toEqual([name, 'generic']);
  });

  it('exist for any name and shape whatever', () => {
    const shape = fc.array(fc.nat({ max: 1e6 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), shape, (name, sides) => {
        expect(fragmentTypes).toContain(fragmentTypeOf(name, sides));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('are found quickly in a name of a million bytes', () => {
    const started = performance.now();
    fragmentTypeOf('a.b_c'.repeat(200_000), [4, 4]);
    fragmentTypeOf('A'.repeat(1_000_000), [4, 4]);
    fragmentTypeOf('Aa'.repeat(500_000), [4, 4]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
