import { useCallback, useRef } from 'react';
import { findTyped } from './keyboard';

const PAUSE_MS = 700;

/**
 * Collects letters typed in quick succession. The function returned takes one more letter and gives
 * the next item whose text starts with all of them, -1 if there is none.
 */
export function useTypeAhead() {
  const typed = useRef({ text: '', at: Number.NEGATIVE_INFINITY });
  return useCallback(
    (
      character: string,
      from: number,
      count: number,
      textAt: (index: number) => string | undefined,
    ): number => {
      const now = performance.now();
      const fresh = now - typed.current.at > PAUSE_MS;
      typed.current = { text: fresh ? character : typed.current.text + character, at: now };
      // The first letter looks for another item; further ones may keep the item found.
      return findTyped(typed.current.text, fresh ? from + 1 : from, count, textAt);
    },
    [],
  );
}
