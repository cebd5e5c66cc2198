import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipMiddle,
  pathTail,
  splitTail,
  titleText,
  visibleParts,
  visibleText,
} from './hostile-text';

describe('splitTail', () => {
  it('keeps the end of a long plain name apart, and loses nothing', () => {
    const name = 'data__silero_vad@2024-07-09-b2b8.onnx';
    const split = splitTail(name);
    expect(`${split?.head}${split?.tail}`).toBe(name);
    expect(split?.tail).toBe('b2b8.onnx');
  });

  it('leaves short names, other scripts and control characters whole', () => {
    expect(splitTail('nova-base')).toBeUndefined();
    expect(splitTail('model-00001-of-00004.safetensors')).toBeUndefined();
    expect(splitTail('checkpoint-8000__adapter_model.safetensors')).toBeUndefined();
    expect(splitTail('نموذج-عربي-طويل-جدا-للاختبار')).toBeUndefined();
    expect(splitTail(`${'x'.repeat(40)}\u0007`)).toBeUndefined();
    expect(splitTail('x'.repeat(10_000))).toBeUndefined();
  });
});

describe('pathTail', () => {
  it('keeps the two parts that tell folders apart', () => {
    expect(pathTail('/home/ada/models/qwen')).toBe('…/models/qwen');
    expect(pathTail('C:\\Users\\ada\\models')).toBe('…/ada/models');
    expect(pathTail('/models')).toBe('/models');
    expect(pathTail('')).toBe('');
  });
});

describe('names from files', () => {
  it('stay as they are when they can be shown', () => {
    for (const name of ['model.layers.0', '模型-7B', 'نموذج', 'emoji 🧩', '<img src=x>', '']) {
      expect(visibleText(name)).toBe(name);
    }
  });

  it('have stand-ins for control characters', () => {
    expect(visibleText('a\nb\tc\0d\u0007e\u0085')).toBe('a\\nb\\tc\\0d\\u{7}e\\u{85}');
  });

  it('cannot reorder text or hide in it', () => {
    expect(visibleText('layer\u202Egpj.exe')).toBe('layer\\u{202E}gpj.exe');
    expect(visibleText('a\u200Bb\uFEFFc\u2067d\u{E0041}')).toBe(
      'a\\u{200B}b\\u{FEFF}c\\u{2067}d\\u{E0041}',
    );
  });

  it('have stand-ins for lone surrogates but keep pairs whole', () => {
    expect(visibleText('a\uD800b')).toBe('a\\u{D800}b');
    expect(visibleText('\uD83E\uDDE9')).toBe('🧩');
  });

  it('mark stand-ins as such, so that a name that only looks like one differs', () => {
    expect(visibleParts('\\n\n')).toEqual([
      { kind: 'plain', text: '\\n' },
      { kind: 'escape', text: '\\n' },
    ]);
  });

  it('are clipped in the middle, so that their ends still tell them apart', () => {
    const long = `${'x'.repeat(9_996)}.bin`;
    const clipped = clipMiddle(long);
    expect(clipped.length).toBeLessThanOrEqual(301);
    expect(clipped.endsWith('.bin')).toBe(true);
    expect(clipMiddle('short')).toBe('short');
  });

  it('give titles of bounded length that say how long the name is', () => {
    const title = titleText('y'.repeat(10_000));
    expect(title.length).toBeLessThan(1100);
    expect(title).toContain('(10000 characters)');
  });

  it('never keep a character that cannot be shown, whatever they hold', () => {
    const bad = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        expect(visibleText(clipMiddle(name))).not.toMatch(bad);
        expect(titleText(name)).not.toMatch(bad);
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  it('lose nothing but by clipping: the parts are the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
        const joined = visibleParts(name)
          .map((part) => part.text)
          .join('');
        expect(joined).toBe(visibleText(name));
      }),
      { seed: 13 },
    );
  });
});
