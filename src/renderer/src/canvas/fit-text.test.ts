import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitStart, fitText } from './fit-text';

const measure = (text: string) => [...text].length * 7;

describe('a text on a canvas', () => {
  it('keeps its start and its end where room is short', () => {
    expect(fitText('short', 70, measure)).toBe('short');
    expect(fitText('Qwen2.5-7B-Instruct-math', 9 * 7, measure)).toBe('Qwen…math');
  });

  it('keeps its start alone where there is room for a few letters', () => {
    expect(fitStart('short', 70, measure)).toBe('short');
    expect(fitStart('embed_tokens', 6 * 7, measure)).toBe('embed…');
  });

  it('is never wider than its room, if there is room for a sign at all', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, unit: 'binary' }),
        fc.integer({ min: 7, max: 700 }),
        (text, room) => {
          expect(measure(fitText(text, room, measure))).toBeLessThanOrEqual(room);
          expect(measure(fitStart(text, room, measure))).toBeLessThanOrEqual(room);
        },
      ),
    );
  });
});
