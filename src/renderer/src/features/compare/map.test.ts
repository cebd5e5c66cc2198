import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompareCell, compareStatuses } from '../../../../shared/domain';
import { contrast, luminance, type Rgb } from '../../canvas/colour';
import { mapByBlocks } from './map-blocks';
import { changeFill, changeOf, type MapPalette, mapTokens, paintCell } from './map-colours';
import { cellText, countsText, metricText, percentText } from './map-text';
import { glyphOf, statusText, toneOf } from './status';
import { cellOf, groupsOf, modelB } from './testing';

const css = readFileSync(new URL('../../styles/tokens.css', import.meta.url), 'utf8');

function paletteOf(theme: 0 | 1): MapPalette {
  const colours = mapTokens.map((token): readonly [string, Rgb] => {
    const found = new RegExp(`--${token}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(css);
    const hex = found?.[theme + 1] ?? '';
    const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return [token, [r, g, b]];
  });
  return Object.fromEntries(colours) as unknown as MapPalette;
}

describe('signs of a status', () => {
  it('differ between statuses, so that colour is never alone; the two sides of “only” differ in words', () => {
    const signs = new Set(compareStatuses.map(glyphOf));
    expect(signs.size).toBe(new Set(compareStatuses.map(toneOf)).size);
    const texts = compareStatuses.map((status) => statusText(status));
    expect(new Set(texts).size).toBe(compareStatuses.length);
    expect(statusText('near', true)).toBe('near-duplicate');
  });
});

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s map', (_name, theme) => {
  const palette = paletteOf(theme);

  it('tells the statuses apart by sign wherever it does by colour', () => {
    for (const status of compareStatuses) {
      const { glyph } = paintCell(cellOf(status), 'status', palette);
      expect(glyph).toBe(status === 'identical' ? '' : glyphOf(status));
    }
  });

  it('shows more change with more contrast to the panel, at every step', () => {
    const ground = palette.panel;
    const steps = Array.from({ length: 21 }, (_, i) =>
      changeFill(0.0001 + (i / 20) * 0.9999, palette),
    );
    const contrasts = steps.map((fill) => contrast(fill, ground));
    for (let i = 1; i < contrasts.length; i += 1) {
      expect(contrasts[i]).toBeGreaterThan(contrasts[i - 1] ?? 0);
    }
  });

  it('sets no change apart from the least change by hue', () => {
    const [noneRed, noneGreen] = changeFill(0, palette);
    const [someRed, someGreen] = changeFill(0.001, palette);
    expect(noneGreen).toBeGreaterThan(noneRed);
    expect(someRed).toBeGreaterThan(someGreen);
  });

  it('grows a near cell with its change', () => {
    const small = paintCell(cellOf('near', { relativeL2: 0.001 }), 'status', palette).fill;
    const large = paintCell(cellOf('near', { relativeL2: 0.3 }), 'status', palette).fill;
    const direction = theme === 0 ? -1 : 1;
    expect(Math.sign(luminance(large) - luminance(small))).toBe(direction);
  });

  it('says what is known where a number is not', () => {
    const alone = paintCell(cellOf('onlyA', { stored: 0 }), 'cosine', palette);
    expect(alone).toEqual({ fill: palette.miss, glyph: '∅' });
    expect(paintCell(cellOf('different'), 'bits', palette).glyph).toBe('≠');
    expect(paintCell(cellOf('near', { bits: 0.2 }), 'bits', palette).glyph).toBe('');
  });
});

describe('the change of a cell', () => {
  const numbers = { cosine: 1, relativeL2: 0, bits: 0, stored: 0 };

  it('is none for equal values, in every metric', () => {
    const cell = cellOf('identical', numbers);
    for (const metric of ['cosine', 'relativeL2', 'bits', 'stored'] as const) {
      expect(changeOf(cell, metric)).toBe(0);
    }
  });

  it('is full for unrelated values, and never more', () => {
    const cell = cellOf('different', {
      cosine: -1,
      relativeL2: Number.POSITIVE_INFINITY,
      bits: 0.9,
      stored: 1.2,
    });
    for (const metric of ['cosine', 'relativeL2', 'bits', 'stored'] as const) {
      expect(changeOf(cell, metric)).toBe(1);
    }
  });

  it('is unknown without numbers', () => {
    expect(changeOf(cellOf('different'), 'cosine')).toBeUndefined();
    expect(changeOf(cellOf('near', { cosine: Number.NaN }), 'cosine')).toBeUndefined();
  });
});

describe('the map by blocks', () => {
  const prefixes = [
    'model.embed_tokens',
    'model.layers.0.self_attn',
    'model.layers.0.mlp',
    'model.layers.10.self_attn',
    'model.layers.2.self_attn',
    'model.norm',
    'lm_head',
  ];
  const near = cellOf('near', { groups: groupsOf({ near: 300 }), cosine: 0.9, stored: 0.5 });
  const same = cellOf('identical', { groups: groupsOf({ identical: 100 }), cosine: 1, stored: 0 });
  const map = (names: readonly string[], cells: readonly (CompareCell | null)[]) =>
    mapByBlocks({
      layers: names.map((prefix) => ({ label: prefix, prefix })),
      parts: ['other'],
      models: [{ b: modelB, cells }],
    });

  it('has a column per block, in order of their numbers, and one per layer outside', () => {
    const { layers } = map(prefixes, []);
    expect(layers).toEqual([
      { label: 'embed_tokens', prefix: 'model.embed_tokens' },
      { label: 'layer 0', prefix: 'model.layers.0' },
      { label: 'layer 2', prefix: 'model.layers.2' },
      { label: 'layer 10', prefix: 'model.layers.10' },
      { label: 'norm', prefix: 'model.norm' },
      { label: 'lm_head', prefix: 'lm_head' },
    ]);
  });

  it('adds up what lies in a block: worst status, sums, means by bytes', () => {
    const merged = map(prefixes, [null, same, near, null, null, near, null]).models[0]?.cells;
    expect(merged?.[0]).toBeNull();
    expect(merged?.[1]).toEqual({
      status: 'near',
      groups: groupsOf({ identical: 100, near: 300 }),
      cosine: 0.925,
      relativeL2: null,
      bits: null,
      stored: 0.375,
    });
    expect(merged?.[2]).toBeNull();
    expect(merged?.[4]).toBe(near);
  });

  it('tells two stacks apart, and takes other stacks by their own names', () => {
    const twice = (stack: string) => [`${stack}0.x`, `${stack}1.x`];
    const { layers } = map(
      [
        ...twice('encoder.layers.'),
        ...twice('decoder.layers.'),
        ...twice('unet/down_blocks.'),
        ...twice('a.rnn.'),
        ...twice('b.rnn.'),
        ...twice(''),
        '',
        'a.f',
        'b.f',
      ],
      [],
    );
    expect(layers.map(({ label }) => label)).toEqual([
      'encoder 0',
      'encoder 1',
      'decoder 0',
      'decoder 1',
      'down_blocks 0',
      'down_blocks 1',
      'a.rnn 0',
      'a.rnn 1',
      'b.rnn 0',
      'b.rnn 1',
      'part 0',
      'part 1',
      'unnamed',
      'a.f',
      'b.f',
    ]);
    expect(layers[10]?.prefix).toBe('0');
  });

  it('takes a number that stands alone for a part of the name', () => {
    const { layers } = map(['If_0_else_branch.stft', 'If_0_then_branch.lstm', 'head'], []);
    expect(layers.map(({ label }) => label)).toEqual(['stft', 'lstm', 'head']);
  });

  it('leaves out the parts that no model has', () => {
    const { parts, models } = mapByBlocks({
      layers: [{ label: 'x', prefix: 'x' }],
      parts: ['attention', 'other'],
      models: [
        { b: modelB, cells: [null, same] },
        { b: modelB, cells: [null, null] },
      ],
    });
    expect(parts).toEqual(['other']);
    expect(models.map(({ cells }) => cells)).toEqual([[same], [null]]);
  });

  it('leaves a map of blocks as it is', () => {
    const blocks = map(['model.layers.0', 'model.layers.1'], [same, near]);
    expect(blocks.layers.map(({ prefix }) => prefix)).toEqual(['model.layers.0', 'model.layers.1']);
    expect(blocks.models[0]?.cells).toEqual([same, near]);
  });
});

describe('a cell in words', () => {
  const cell = cellOf('near', {
    groups: groupsOf({ identical: 800, near: 400 }),
    cosine: 0.9991,
    relativeL2: 0.042,
    bits: 0.004,
    stored: 0.365,
  });

  it('counts its tensors by status', () => {
    expect(countsText(cell)).toBe('8 identical, 4 near');
    expect(cellText(cell, 'status')).toBe('12 tensors: 8 identical, 4 near');
    expect(cellText(cell, 'cosine')).toBe('Cosine 0.9991; 12 tensors: 8 identical, 4 near');
    expect(cellText(null, 'status')).toBe('nothing here');
  });

  it('gives the number of each metric', () => {
    expect(metricText(cell, 'relativeL2')).toBe('0.042');
    expect(metricText(cell, 'bits')).toBe('0.4%');
    expect(metricText(cell, 'stored')).toBe('37%');
    expect(metricText(cellOf('onlyA'), 'cosine')).toBe('–');
    expect(percentText(0)).toBe('0%');
    expect(percentText(0.025)).toBe('2.5%');
  });
});
