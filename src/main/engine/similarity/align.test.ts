import { describe, expect, it } from 'vitest';
import { alignModels } from './align';
import { noise, tuned, type Workshop, type Written, workshop } from './testing/compare-models';

/** `a=b reason` for every pair, then `-a` and `+b` for what is alone. */
function aligned(shop: Workshop, a: readonly Written[], b: readonly Written[]): string[] {
  const [one, other] = [shop.model('a', a), shop.model('b', b)];
  const alignment = alignModels(one, other, shop.pairs, shop.options);
  expect(alignment.b.length).toBe(a.length);
  expect(alignment.a.length).toBe(b.length);
  alignment.b.forEach((j, i) => {
    if (j >= 0) expect(alignment.a[j]).toBe(i);
    expect(alignment.reason[i] === null).toBe(j < 0);
  });
  const pairs = a.flatMap(({ name }, i) => {
    const partner = b[alignment.b[i] ?? -1];
    return partner === undefined ? [] : [`${name}=${partner.name} ${alignment.reason[i]}`];
  });
  const left = a.filter((_, i) => (alignment.b[i] ?? -1) < 0).map(({ name }) => `-${name}`);
  const right = b.filter((_, j) => (alignment.a[j] ?? -1) < 0).map(({ name }) => `+${name}`);
  return [...pairs, ...left, ...right];
}

const zeros = (count: number) => new Float32Array(count);

describe('alignModels', () => {
  it('pairs equal names, whatever the values are, in any order', () => {
    const a = [1, 2, 3].map((at) => ({ name: `layer.${at}`, values: noise(at) }));
    const b = [3, 1, 2].map((at) => ({ name: `layer.${at}`, values: noise(at + 10) }));
    expect(aligned(workshop(), a, b)).toEqual([
      'layer.1=layer.1 name',
      'layer.2=layer.2 name',
      'layer.3=layer.3 name',
    ]);
  });

  it('asks the index nothing where names pair everything', () => {
    const shop = workshop();
    const tensors = [1, 2, 3].map((at) => ({ name: `layer.${at}`, values: noise(at) }));
    aligned(shop, tensors, tensors);
    expect(shop.asked).toEqual({ relate: 0, candidates: 0 });
  });

  it('pairs names in other spellings, and not where a model has two of one', () => {
    const a = [
      { name: 'blk.0.attn_q.weight', values: noise(1) },
      { name: 'model.norm.weight', values: noise(2) },
      { name: 'module.norm.weight', values: noise(3) },
    ];
    const b = [
      { name: 'model.layers.0.self_attn.q_proj.weight', values: noise(4) },
      { name: 'norm.weight', values: noise(5) },
    ];
    expect(aligned(workshop(), a, b)).toEqual([
      'blk.0.attn_q.weight=model.layers.0.self_attn.q_proj.weight normalised-name',
      '-model.norm.weight',
      '-module.norm.weight',
      '+norm.weight',
    ]);
  });

  it('pairs equal bytes under other names, those with the same ends of names first', () => {
    const shared = noise(1);
    const a = [
      { name: 'x.first.bias', values: shared },
      { name: 'x.second.bias', values: shared },
      { name: 'x.head', values: noise(2) },
    ];
    const b = [
      { name: 'onnx::Add_7', values: noise(2) },
      { name: 'y.second.bias', values: shared },
      { name: 'y.first.bias', values: shared },
    ];
    expect(aligned(workshop(), a, b)).toEqual([
      'x.first.bias=y.first.bias hash',
      'x.second.bias=y.second.bias hash',
      'x.head=onnx::Add_7 hash',
    ]);
  });

  it('pairs many equal tensors in order, each once', () => {
    const a = [0, 1, 2].map((at) => ({ name: `a${at}`, values: zeros(64) }));
    const b = [0, 1].map((at) => ({ name: `b${at}`, values: zeros(64) }));
    expect(aligned(workshop(), a, b)).toEqual(['a0=b0 hash', 'a1=b1 hash', '-a2']);
  });

  it('does not take a counter for another one because both are 0', () => {
    const counter = { values: zeros(1), shape: [], dtype: 'I64' };
    const a = [{ name: 'bn.num_batches_tracked', ...counter }];
    expect(aligned(workshop(), a, [{ name: 'axis', ...counter }])).toEqual([
      '-bn.num_batches_tracked',
      '+axis',
    ]);
    expect(aligned(workshop(), a, [{ name: 'x.num_batches_tracked', ...counter }])).toEqual([
      'bn.num_batches_tracked=x.num_batches_tracked hash',
    ]);
  });

  it('never pairs equal bytes of different dtypes', () => {
    const shop = workshop();
    const a = shop.model('a', [{ name: 'a', values: noise(1), unsigned: true }]);
    const retyped = (dtype: string) => ({
      ...shop.model('b', []),
      tensors: a.tensors.map((tensor) => ({ ...tensor, name: 'b', dtype })),
    });
    const partnerOf = (dtype: string) =>
      alignModels(a, retyped(dtype), shop.pairs, shop.options).b[0];
    expect([partnerOf('F32'), partnerOf('I32')]).toEqual([0, -1]);
  });

  it('does not pair quite different shapes by names that are only alike', () => {
    const a = [{ name: 'model.fc.weight', values: noise(1, 90), shape: [10, 9] }];
    const b = [{ name: 'fc.weight', values: noise(2, 250), shape: [10, 25] }];
    expect(aligned(workshop(), a, b)).toEqual(['-model.fc.weight', '+fc.weight']);
  });

  it('pairs renamed tensors by their values, the best score first', () => {
    const base = noise(1);
    const a = [
      { name: 'a.far', values: tuned(base, 0.3, 1) },
      { name: 'a.near', values: tuned(base, 0.01, 2) },
    ];
    const b = [
      { name: 'b.base', values: base },
      { name: 'b.other', values: noise(9) },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['a.near=b.base signature', '-a.far', '+b.other']);
  });

  it('recognises a renamed cast', () => {
    const values = noise(1).map(Math.fround);
    const a = [{ name: 'a', values, dtype: 'F32' }];
    const b = [{ name: 'b', values, dtype: 'BF16' }];
    expect(aligned(workshop(), a, b)).toEqual(['a=b signature']);
  });

  it('does not pair by values what has few elements', () => {
    const values = noise(1, 63);
    const a = [{ name: 'a', values }];
    const b = [{ name: 'b', values: tuned(values, 0.001) }];
    expect(aligned(workshop(), a, b)).toEqual(['-a', '+b']);
    const more = noise(1, 64);
    const longer = [{ name: 'b', values: tuned(more, 0.001) }];
    expect(aligned(workshop(), [{ name: 'a', values: more }], longer)).toEqual(['a=b signature']);
  });

  it('keeps a name whose partner changed, even where its bytes lie elsewhere too', () => {
    const base = noise(1);
    const a = [{ name: 'tied', values: base }];
    const b = [
      { name: 'tied', values: tuned(base, 0.01) },
      { name: 'copy', values: base },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['tied=tied name', '+copy']);
  });

  it('follows the bytes where two names were swapped', () => {
    const [one, two] = [noise(1), noise(2)];
    const a = [
      { name: 'x', values: one },
      { name: 'y', values: two },
    ];
    const b = [
      { name: 'x', values: two },
      { name: 'y', values: one },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['x=y hash', 'y=x hash']);
  });

  it('follows the bytes where blocks were renumbered', () => {
    const a = [0, 1, 2, 3].map((at) => ({ name: `layers.${at}.w`, values: noise(at) }));
    const b = [2, 3].map((from, at) => ({ name: `layers.${at}.w`, values: noise(from) }));
    expect(aligned(workshop(), a, b)).toEqual([
      'layers.2.w=layers.0.w hash',
      'layers.3.w=layers.1.w hash',
      '-layers.0.w',
      '-layers.1.w',
    ]);
  });

  it('follows the values where blocks were renumbered and trained on, and small tensors with them', () => {
    const weight = (at: number) => ({ name: `conv${at}.weight`, values: noise(at) });
    const bias = (at: number) => ({ name: `conv${at}.bias`, values: noise(at + 30, 8) });
    const a = [0, 1, 2].flatMap((at) => [weight(at), bias(at)]);
    const b = [0, 1, 2].flatMap((at) => [
      { name: `conv${at + 1}.weight`, values: tuned(noise(at), 0.01) },
      { name: `conv${at + 1}.bias`, values: tuned(noise(at + 30, 8), 0.01) },
    ]);
    expect(aligned(workshop(), a, b)).toEqual([
      'conv0.weight=conv1.weight signature',
      'conv0.bias=conv1.bias signature',
      'conv1.weight=conv2.weight signature',
      'conv1.bias=conv2.bias signature',
      'conv2.weight=conv3.weight signature',
      'conv2.bias=conv3.bias signature',
    ]);
  });

  it('does not part partners by name for one of several that are alike', () => {
    const template = noise(1);
    const a = [
      { name: 'x', values: template },
      { name: 'y', values: noise(2) },
      { name: 'z', values: noise(3) },
    ];
    const b = [
      { name: 'x', values: noise(4) },
      { name: 'y', values: tuned(template, 0.02, 1) },
      { name: 'z', values: tuned(template, 0.01, 2) },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['x=x name', 'y=y name', 'z=z name']);
    const clear = b.with(1, { name: 'y', values: noise(5) });
    expect(aligned(workshop(), a, clear)).toEqual(['x=z signature', 'y=y name', '-z', '+x']);
  });

  it('asks about some only of many partners by name that have nothing to do with each other', () => {
    const count = 300;
    const model = (seed: number, moved: number) =>
      Array.from({ length: count }, (_, at) => ({
        name: `layers.${at}.w`,
        values: noise(at < moved ? (at + 1) % moved : at + seed, 64),
      }));
    const unrelated = workshop();
    const names = aligned(unrelated, model(1000, 0), model(5000, 0));
    expect(names.every((pair) => pair.endsWith(' name'))).toBe(true);
    expect(unrelated.asked.candidates).toBe(64);
  });

  it('does not swap constants, which several tensors are', () => {
    const a = [
      { name: 'x', values: zeros(64) },
      { name: 'y', values: noise(1, 64) },
      { name: 'z', values: zeros(64) },
    ];
    const b = [
      { name: 'x', values: noise(2, 64) },
      { name: 'y', values: zeros(64) },
      { name: 'z', values: noise(3, 64) },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['x=x name', 'y=y name', 'z=z name']);
  });

  it('pairs a grown vocabulary by name, and a tensor of quite another shape last', () => {
    const a = [
      { name: 'model.embed.weight', values: noise(1, 640), shape: [10, 64] },
      { name: 'conv.weight', values: noise(2, 90), shape: [10, 9] },
    ];
    const b = [
      { name: 'embed.weight', values: noise(3, 768), shape: [12, 64] },
      { name: 'conv.weight', values: noise(4, 250), shape: [10, 25] },
    ];
    expect(aligned(workshop(), a, b)).toEqual([
      'model.embed.weight=embed.weight normalised-name',
      'conv.weight=conv.weight name',
    ]);
  });

  it('prefers a moved tensor to a name in quite another shape', () => {
    const values = noise(1, 90);
    const a = [{ name: '0.weight', values, shape: [10, 9] }];
    const b = [
      { name: '0.weight', values: noise(2, 50), shape: [10, 5] },
      { name: '1.weight', values: tuned(values, 0.01), shape: [10, 9] },
    ];
    expect(aligned(workshop(), a, b)).toEqual(['0.weight=1.weight signature', '+0.weight']);
  });

  it('pairs the n-th of equal names with the n-th, if both models have as many', () => {
    const twice = (seed: number) => [seed, seed + 1].map((s) => ({ name: 'w', values: noise(s) }));
    const shop = workshop();
    expect(aligned(shop, twice(1), twice(11))).toEqual(['w=w name', 'w=w name']);
    const one = [{ name: 'w', values: noise(21) }];
    expect(aligned(shop, twice(1), one)).toEqual(['-w', '-w', '+w']);
  });

  it('aligns models without tensors', () => {
    expect(aligned(workshop(), [], [])).toEqual([]);
    expect(aligned(workshop(), [], [{ name: 'w', values: noise(1) }])).toEqual(['+w']);
  });

  it('gives 200,000 tensors one partner each, without asking about every pair', () => {
    const shop = workshop();
    const values = noise(1, 4);
    const template = shop.model('t', [{ name: 't', values }]).tensors[0];
    if (template === undefined) throw new Error('no template');
    const model = (prefix: string, count: number) => ({
      ...shop.model(prefix, []),
      tensors: Array.from({ length: count }, (_, at) => ({
        ...template,
        name: `${at % 2 === 0 ? prefix : ''}layers.${at}.w`,
        digest: at % 3 === 0 ? 7 : at,
        signed: -1,
      })),
    });
    const [a, b] = [model('p.', 200_000), model('q.', 200_000)];
    const alignment = alignModels(a, b, shop.pairs, shop.options);
    expect(alignment.b.every((j) => j >= 0)).toBe(true);
    expect(new Set(alignment.b).size).toBe(200_000);
    expect(shop.asked.candidates).toBe(0);
  });
});
