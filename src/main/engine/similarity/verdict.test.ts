import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import { alignModels } from './align';
import { compareModels } from './compare';
import { noise, tuned, type Written, workshop } from './testing/compare-models';

/** The sentence for B against A. */
function verdict(a: readonly Written[], b: readonly Written[], verified = true): string {
  const shop = workshop(verified);
  const [one, other] = [shop.model('a', a), shop.model('b', b)];
  const alignment = alignModels(one, other, shop.pairs, shop.options);
  return compareModels(one, other, alignment, shop.pairs, defaultThresholds).report.verdict;
}

const blocks = [0, 1, 2, 3];
const parts = ['self_attn.q_proj', 'self_attn.o_proj', 'mlp.up_proj', 'mlp.down_proj'];

/** Four blocks of four matrices, an embedding and a norm, all of one size. */
const base: readonly Written[] = [
  'model.embed_tokens.weight',
  ...blocks.flatMap((block) => parts.map((part) => `model.layers.${block}.${part}.weight`)),
  'model.norm.weight',
].map((name, at) => ({ name, values: noise(at), shape: name.includes('norm') ? [256] : [16, 16] }));

const where = (change: (tensor: Written, at: number) => Written, ...texts: readonly string[]) =>
  base.map((one, at) => (texts.some((text) => one.name.includes(text)) ? change(one, at) : one));
const replaced = (one: Written, at: number): Written => ({ ...one, values: noise(at + 500) });
const nudged = (one: Written): Written => ({ ...one, values: tuned(one.values, 0.01) });
const cast = (one: Written): Written => ({ ...one, dtype: 'BF16' });
const renamed = (one: Written): Written => ({ ...one, name: `x::${one.name.length}${one.name}` });

const table: readonly (readonly [string, readonly Written[], readonly Written[]])[] = [
  ['Every tensor is identical, byte for byte.', base, base],
  ['Every tensor is identical, under other names.', base, base.map(renamed)],
  [
    'Every tensor is identical, 1 of them under another name.',
    base,
    base.map((one, at) => (at === 3 ? renamed(one) : one)),
  ],
  ['All of A is in B, byte for byte; B has 2 tensors more.', base.slice(2), base],
  ['All of B is in A, byte for byte: 89% of A; A has 2 tensors more.', base, base.slice(2)],
  ['Same weights in another dtype: every tensor is a cast.', base, base.map(cast)],
  [
    'Same weights in another dtype: 16 tensors are casts, 2 identical.',
    base,
    where(cast, 'layers'),
  ],
  [
    'What both have is the same in another dtype: every tensor is a cast; 2 tensors are only in A.',
    base,
    base.slice(2).map(cast),
  ],
  [
    'Same weights in another dtype, under other names: every tensor is a cast.',
    base,
    base.map(cast).map(renamed),
  ],
  ['Nothing in common.', base, [{ name: 'conv.weight', values: noise(900, 90) }]],
  ['Same shapes, other weights.', base, base.map(replaced)],
  [
    'Other weights, and 17 of 18 tensors in the same shape.',
    base,
    base.slice(1).map((one, at) => replaced(one, at)),
  ],
  [
    'Only names in common: shapes differ, so values were not compared.',
    [{ name: '0.weight', values: noise(1, 90) }],
    [{ name: '0.weight', values: noise(2, 70) }],
  ],
  [
    '78% of the bytes are identical; 4 tensors differ, all attention, in layers 2–3.',
    base,
    where(replaced, 'layers.2.self_attn', 'layers.3.self_attn'),
  ],
  [
    '89% of the bytes are identical; 2 tensors differ slightly, all feed-forward, in layer 1.',
    base,
    where(nudged, 'layers.1.mlp'),
  ],
  [
    '78% of the bytes are identical; 4 tensors differ, all attention, in every layer.',
    base,
    where(replaced, 'q_proj'),
  ],
  [
    '89% of the bytes are identical; 2 tensors differ, all attention, in layers 0 and 3.',
    base,
    where(replaced, '0.self_attn.q', '3.self_attn.q'),
  ],
  [
    '94% of the bytes are identical; 1 tensor differs: model.embed_tokens.weight.',
    base,
    where(replaced, 'embed_tokens'),
  ],
  [
    '89% of the bytes are identical; 2 tensors differ (1 slightly).',
    base,
    where((one, at) => (at === 0 ? nudged(one) : replaced(one, at)), 'embed_tokens', 'model.norm'),
  ],
  [
    '89% of the bytes are identical; 1 tensor is a cast; 1 tensor differs slightly: model.norm.weight.',
    base,
    where((one, at) => (at === 0 ? cast(one) : nudged(one)), 'embed_tokens', 'model.norm'),
  ],
  [
    '87% of the bytes are identical; 1 tensor differs: model.embed_tokens.weight; 1 tensor is only in A and 1 only in B.',
    base,
    [
      ...where(replaced, 'embed_tokens').filter(({ name }) => name !== 'model.norm.weight'),
      { name: 'extra', values: noise(801, 99) },
    ],
  ],
  ['No tensor is identical, all are near-duplicates.', base, base.map(nudged)],
  ['89% of the bytes are near-duplicates, 11% identical.', base, where(nudged, 'layers')],
  [
    '89% of the bytes are near-duplicates, none identical; 2 tensors differ.',
    base,
    base.map((one, at) => (one.name.includes('layers') ? nudged(one) : replaced(one, at))),
  ],
  [
    'Almost nothing in common: 1 of 18 tensors is alike.',
    [{ name: 'step', values: noise(1, 8) }, ...base.slice(1)],
    [{ name: 'step', values: noise(1, 8) }, ...base.slice(1).map(replaced)],
  ],
  ['Neither model has tensors that could be compared.', [], []],
  ['A has no tensors to compare with the 18 tensors of B.', [], base],
  ['B has no tensors to compare with the 18 tensors of A.', base, []],
];

describe('verdictOf', () => {
  it.each(table)('says: %s', (sentence, a, b) => {
    expect(verdict(a, b)).toBe(sentence);
  });

  it('does not claim what only samples tell', () => {
    expect(verdict(base, base.map(cast), false)).toBe(
      'Same weights in another dtype: every tensor is a cast, as far as samples tell.',
    );
  });

  it('does not claim layers across stacks that count on their own', () => {
    const stacks = ['encoder', 'decoder'].flatMap((stack) =>
      blocks.map((block) => `${stack}.layers.${block}.fc1.weight`),
    );
    const a = stacks.map((name, at) => ({ name, values: noise(at) }));
    const b = a.map((one, at) => (one.name.includes('.2.') ? replaced(one, at) : one));
    expect(verdict(a, b)).toBe(
      '75% of the bytes are identical; 2 tensors differ, all feed-forward.',
    );
  });
});
