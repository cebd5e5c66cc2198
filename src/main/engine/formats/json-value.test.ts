import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from './errors';
import { parseJsonValue } from './json-value';

const parse = (text: string) => parseJsonValue(Buffer.from(text), 'config.json');

function beyond53AsText(_key: string, value: unknown): unknown {
  const unsafe = typeof value === 'number' && !Number.isSafeInteger(value);
  return unsafe && /^-?[0-9]+$/.test(String(value)) ? String(value) : value;
}

describe('parseJsonValue', () => {
  it('agrees with JSON.parse on generated values', () => {
    const value = fc.jsonValue({ maxDepth: 5, noUnicodeString: false, stringUnit: 'grapheme' });
    fc.assert(
      fc.property(value, fc.nat(3), (original, indent) => {
        const text = JSON.stringify(original, undefined, indent);
        expect(parse(text)).toEqual(JSON.parse(text, beyond53AsText));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('decodes every kind of escape as JSON.parse does', () => {
    const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\ude00 é€😀"';
    expect(parse(text)).toBe(JSON.parse(text));
  });

  it('keeps integers beyond 2^53 as text, and Python’s words for no number', () => {
    expect(parse('[9007199254740993, -9007199254740993, 1e3, -0.5]')).toEqual([
      '9007199254740993',
      '-9007199254740993',
      1000,
      -0.5,
    ]);
    expect(parse('[NaN, Infinity, -Infinity]')).toEqual(['NaN', 'Infinity', '-Infinity']);
  });

  it('takes __proto__ for a name like any other', () => {
    const value = parse('{"__proto__": {"polluted": true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const broken = [
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '01',
    '.5',
    '1.',
    'tru',
    '"a',
    '[1] 2',
    '+1',
  ];
  for (const text of broken) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parse(text)).toThrow(FormatError);
    });
  }

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => parse('['.repeat(100_000))).toThrow(/nesting of at most/);
  });
});
