import { describe, expect, it } from 'vitest';
import { useUi } from '../state/ui';
import { screens } from './screens';
import { shortcuts } from './use-shortcuts';

describe('shortcuts', () => {
  it('are each bound once', () => {
    const bound = shortcuts.filter(({ run }) => run).map(({ chord }) => chord);
    expect(new Set(bound).size).toBe(bound.length);
  });

  it('number the screens in the order of the rail', () => {
    expect(screens.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6']);
    for (const { key } of screens) {
      expect(shortcuts.some(({ chord, run }) => chord === key && run)).toBe(true);
    }
  });

  it('work while typing only with a modifier', () => {
    for (const { chord, whileTyping } of shortcuts) {
      if (whileTyping) expect(chord).toMatch(/^(Ctrl|Alt)\+/);
    }
  });

  it('open one overlay at a time', () => {
    shortcuts.find(({ chord }) => chord === 'Ctrl+Shift+P')?.run?.();
    expect(useUi.getState().overlay).toBe('commands');
    shortcuts.find(({ chord }) => chord === '?')?.run?.();
    expect(useUi.getState().overlay).toBe('keys');
  });
});
