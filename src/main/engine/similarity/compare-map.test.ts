import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import { alignModels } from './align';
import { compareModels } from './compare';
import { compareMap } from './compare-map';
import { noise, tuned, type Written, workshop } from './testing/compare-models';

function mapOf(a: readonly Written[], ...others: readonly (readonly Written[])[]) {
  const shop = workshop();
  const base = shop.model('a', a);
  const comparisons = others.map((tensors, at) => {
    const other = shop.model(`b${at}`, tensors);
    const alignment = alignModels(base, other, shop.pairs, shop.options);
    return compareModels(base, other, alignment, shop.pairs, defaultThresholds);
  });
  return compareMap(comparisons);
}

const names = [
  'lm_head.weight',
  ...[1, 0].flatMap((layer) => [
    `layers.${layer}.self_attn.q_proj.weight`,
    `layers.${layer}.mlp.up_proj.weight`,
    `layers.${layer}.mlp.down_proj.weight`,
  ]),
  'embed_tokens.weight',
];
const a = names.map((name, at) => ({ name, values: noise(at), shape: [16, 16] }));

/** The cell of a model, layer and part. */
function cell(map: ReturnType<typeof mapOf>, model: number, layer: string, part: string) {
  const column = map.layers.findIndex(({ label }) => label === layer);
  const row = map.parts.indexOf(part);
  return map.models[model]?.cells[row * map.layers.length + column];
}

describe('compareMap', () => {
  it("has A's layers in load order, and prefixes that their tensors begin with", () => {
    const { layers, parts, models } = mapOf(a, a);
    expect(layers.map(({ label }) => label)).toEqual([
      'embed_tokens',
      'layers.0.self_attn',
      'layers.0.mlp',
      'layers.1.self_attn',
      'layers.1.mlp',
      'lm_head',
    ]);
    for (const { prefix } of layers) {
      expect(names.some((name) => name.startsWith(`${prefix}.`))).toBe(true);
    }
    expect(parts).toEqual(['attention', 'feed-forward', 'other']);
    expect(models[0]?.cells).toHaveLength(18);
  });

  it('has no cell where a layer has nothing of a part', () => {
    const map = mapOf(a, a);
    expect(cell(map, 0, 'layers.0.mlp', 'attention')).toBeNull();
    expect(cell(map, 0, 'layers.0.mlp', 'feed-forward')?.status).toBe('identical');
    expect(map.models[0]?.cells.filter((one) => one !== null)).toHaveLength(6);
  });

  it('shows the status that needs most attention, and weighs means by bytes', () => {
    const b = a.map((one) => {
      if (one.name === 'layers.0.mlp.up_proj.weight') return { ...one, values: noise(99) };
      if (one.name === 'layers.1.mlp.up_proj.weight') {
        return { ...one, values: tuned(one.values, 0.1) };
      }
      return one;
    });
    const map = mapOf(a, b);
    expect(cell(map, 0, 'layers.0.mlp', 'feed-forward')).toMatchObject({ status: 'different' });
    const near = cell(map, 0, 'layers.1.mlp', 'feed-forward');
    expect(near?.status).toBe('near');
    expect(near?.groups.identical).toEqual({ tensors: 1, bytes: 1024 });
    expect(near?.groups.near).toEqual({ tensors: 1, bytes: 1024 });
    // Half of the bytes are identical, the other half has changed by a tenth of its size.
    expect(near?.relativeL2).toBeCloseTo(0.05, 2);
    expect(near?.cosine).toBeCloseTo(0.997, 2);
    expect(near?.stored).toBeCloseTo(0.1, 1);
    expect(near?.bits).toBeGreaterThan(0);
    expect(near?.bits).toBeLessThan(0.5);
  });

  it('shows what is missing, and what only B has in the layer of its name', () => {
    const b = [
      ...a.filter(({ name }) => !name.includes('layers.0.self_attn')),
      { name: 'layers.1.self_attn.q_norm.weight', values: noise(50, 16) },
      { name: 'nowhere.weight', values: noise(51, 16) },
    ];
    const map = mapOf(a, b);
    const gone = cell(map, 0, 'layers.0.self_attn', 'attention');
    expect(gone).toMatchObject({ status: 'onlyA', cosine: null, stored: null });
    const added = map.models[0]?.cells.find((one) => one?.status === 'onlyB');
    expect(added?.groups.onlyB).toEqual({ tensors: 1, bytes: 64 });
  });

  it('has a row of cells for every model, in their order', () => {
    const { models } = mapOf(a, a, a.slice(1));
    expect(models.map(({ b }) => b)).toEqual(['b0', 'b1']);
    expect(models.map(({ cells }) => cells.length)).toEqual([18, 18]);
  });

  it('counts every byte that values are not known of as stored', () => {
    const unsigned = a.map((one) => ({ ...one, unsigned: true }));
    const other = unsigned.map((one, at) => ({ ...one, values: noise(at + 70) }));
    const map = mapOf(unsigned, other);
    expect(cell(map, 0, 'lm_head', 'other')).toMatchObject({ cosine: null, stored: 1 });
  });

  it('is empty without a comparison', () => {
    expect(compareMap([])).toMatchObject({ layers: [], models: [] });
  });
});
