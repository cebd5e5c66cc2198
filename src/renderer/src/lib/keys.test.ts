import { describe, expect, it } from 'vitest';
import { chordOf } from './keys';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => chordOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe('chordOf', () => {
  it('names a chord as people write it', () => {
    expect(press('p', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+P');
    expect(press('P', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+P');
    expect(press('ArrowLeft', { altKey: true })).toBe('Alt+ArrowLeft');
    expect(press(',', { ctrlKey: true })).toBe('Ctrl+,');
    expect(press('3')).toBe('3');
  });

  it('takes signs as the sign, whatever keyboard makes them with Shift', () => {
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('?')).toBe('?');
  });
});
