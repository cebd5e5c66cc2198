import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../../../shared/base';
import { failedField, shapeHelp } from './filter-help';
import { shapeOf, sortedEntries } from './inspector/metadata';
import { typeBars } from './inspector/type-bars';
import {
  elementsOf,
  elementsText,
  namePieces,
  offsetText,
  shapeText,
  sharingOf,
  sharingText,
} from './tensor-text';
import {
  initialView,
  isFileOrder,
  isFiltered,
  toggled,
  toggledIn,
  useViews,
  withoutFilter,
} from './view-state';

describe('a tensor in words', () => {
  it('has a shape, a number of elements and an offset', () => {
    expect(shapeText([4096, 11008])).toBe('4096 × 11008');
    expect(shapeText([])).toBe('scalar');
    expect(elementsOf([])).toBe(1);
    expect(elementsOf([0, 4])).toBe(0);
    expect(elementsText(16_777_216)).toBe('16,777,216');
    expect(elementsText(1e30)).toBe('1.000e+30');
    expect(offsetText(1_048_576)).toBe('1,048,576 (0x100000)');
  });

  it('cuts a shape of absurdly many dimensions and says how many there are', () => {
    const text = shapeText(Array.from({ length: 5000 }, () => 1));
    expect(text.length).toBeLessThan(100);
    expect(text).toContain('5000 dimensions');
  });

  it('is pending, not exclusive, until it is fingerprinted', () => {
    expect(sharingOf(undefined)).toBe('pending');
    expect(sharingOf(0)).toBe('exclusive');
    expect(sharingText(undefined)).toBe('pending');
    expect(sharingText(1)).toBe('1 model');
    expect(sharingText(3, 'short')).toBe('3');
    expect(sharingText(0, 'short')).toBe('–');
    expect(sharingText(1200, 'sentence')).toBe('also in 1,200 models');
  });
});

describe('the bars of types', () => {
  const types = [
    { type: 'feed-forward', tensors: 3, bytes: 600 },
    { type: 'attention-qkv', tensors: 1, bytes: 399 },
    { type: 'bias', tensors: 9, bytes: 1 },
  ] as const;

  it('have the longest as their measure, and shares of all bytes', () => {
    expect(typeBars(types, []).map(({ width, share }) => [width, share])).toEqual([
      [100, '60%'],
      [66.5, '40%'],
      [expect.closeTo(0.167, 2), '<1%'],
    ]);
    expect(typeBars([{ type: 'bias', tensors: 1, bytes: 0 }], [])[0]?.width).toBe(0);
    expect(typeBars([], [])).toEqual([]);
  });

  it('stand out when the table shows them, and all do when it shows all', () => {
    expect(typeBars(types, []).every((bar) => bar.shown)).toBe(true);
    expect(typeBars(types, ['bias']).map((bar) => bar.shown)).toEqual([false, false, true]);
  });

  it('are chosen and let go one by one', () => {
    expect(toggledIn(toggledIn(['a'], 'b'), 'a')).toEqual(['b']);
  });
});

describe('a name in pieces', () => {
  const marked = (name: string) =>
    namePieces(name)
      .map(({ kind, text }) => (kind === 'keep' ? `[${text}]` : text))
      .join('|');

  it('keeps its numbers and the parts that tell neighbours apart', () => {
    expect(marked('model.layers.12.self_attn.o_proj.weight')).toBe(
      'model.layers.|[12.]|self_attn|[.o_proj.weight]',
    );
    expect(marked('model.layers.0.mlp.down_proj.weight')).toBe(
      'model.layers.|[0.mlp.down_proj.weight]',
    );
    expect(
      marked('model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q.weight'),
    ).toBe('model.diffusion_model.input_blocks.|[4.1.]|transformer_blocks.|[0.attn1.to_q.weight]');
    expect(marked('short.name')).toBe('short.name');
    expect(marked('x'.repeat(100))).toBe('x'.repeat(100));
  });

  it('is the whole name, whatever the name', () => {
    fc.assert(
      fc.property(nameLike, (name) => {
        const pieces = namePieces(name);
        expect(pieces.map(({ text }) => text).join('')).toBe(name);
        const kinds = pieces.map(({ kind }) => kind);
        expect(kinds.every((kind, i) => kind !== kinds[i + 1])).toBe(true);
      }),
    );
  });
});

const nameLike = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc
    .array(fc.constantFrom('layers', '0', '17', '.', '/', '_', 'w'), { maxLength: 30 })
    .map((parts) => parts.join('')),
);

describe('the filter', () => {
  it('marks the field that a failure is about', () => {
    expect(failedField('Not a regular expression: Unterminated group.', true)).toBe('text');
    expect(failedField('This pattern takes too long on these names.', true)).toBe('text');
    expect(failedField('“4096y” is not a shape.', true)).toBe('shape');
    expect(failedField('“4096y” is not a shape.', false)).toBe('shape');
  });

  it('is explained with examples', () => {
    expect(shapeHelp.map((line) => line.write)).toContain('4096x*');
  });

  it('can be cleared without losing the order or the tree', () => {
    const view = {
      ...initialView,
      text: 'a',
      shape: '2d',
      prefix: 'model',
      dtypes: ['F32'],
      sort: { key: 'size', direction: 'descending' },
      expanded: new Set(['model']),
    } as const;
    expect(isFiltered(view)).toBe(true);
    const cleared = withoutFilter(view);
    expect(isFiltered(cleared)).toBe(false);
    expect(cleared.sort).toBe(view.sort);
    expect(cleared.expanded).toBe(view.expanded);
    expect(isFileOrder(cleared)).toBe(false);
    expect(isFileOrder(initialView)).toBe(true);
  });

  it('counts chosen types as a filter, and clears them with the others', () => {
    const typed = { ...initialView, types: ['bias'] as const };
    expect([isFiltered(typed), isFileOrder(typed)]).toEqual([true, false]);
    expect(withoutFilter(typed)).toEqual(initialView);
  });

  it('is remembered per model, for a bounded number of models', () => {
    const id = (n: number) => n.toString(16).padStart(16, '0') as ModelId;
    for (let i = 0; i < 80; i += 1) useViews.getState().change(id(i), { text: `${i}` });
    const { views } = useViews.getState();
    expect(views.size).toBe(50);
    expect(views.get(id(79))?.text).toBe('79');
    expect(views.get(id(0))).toBeUndefined();
  });

  it('opens and closes nodes without touching the others', () => {
    const open = toggled(new Set(['a']), 'b', true);
    expect([...open]).toEqual(['a', 'b']);
    expect([...toggled(open, 'a', false)]).toEqual(['b']);
  });
});

describe('metadata', () => {
  it('shows words, numbers and short lists in one line', () => {
    expect(shapeOf('pt')).toEqual({ kind: 'text', text: 'pt', quoted: true });
    expect(shapeOf(null)).toMatchObject({ kind: 'text', text: 'null' });
    expect(shapeOf([8, 16, 32])).toMatchObject({ kind: 'text', text: '[8, 16, 32]' });
    expect(shapeOf({})).toMatchObject({ kind: 'text', text: '{}' });
  });

  it('folds what is nested and says how much there is', () => {
    expect(shapeOf({ a: 1, b: 2 })).toMatchObject({ kind: 'branch', summary: '2 keys' });
    expect(shapeOf([{ a: 1 }])).toMatchObject({ kind: 'branch', summary: '1 item' });
  });

  it('reads JSON that stands in a string, and leaves everything else as text', () => {
    expect(shapeOf('{"a": [1]}')).toMatchObject({ kind: 'branch', fromText: true });
    for (const text of ['{broken', '[]', '42', '"x"', '{ not json }']) {
      expect(shapeOf(text)).toMatchObject({ kind: 'text', text });
    }
  });

  it('has its keys in natural order', () => {
    expect(sortedEntries({ 'rank:10': 1, 'rank:2': 1 }).map(([key]) => key)).toEqual([
      'rank:2',
      'rank:10',
    ]);
  });

  it('treats a key named __proto__ as any other', () => {
    const shape = shapeOf('{"__proto__": {"polluted": true}}');
    expect(shape).toMatchObject({ kind: 'branch', summary: '1 key' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
