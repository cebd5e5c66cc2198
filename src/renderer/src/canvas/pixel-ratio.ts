import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void): (() => void) => {
  let query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const again = () => {
    query.removeEventListener('change', again);
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', again);
    changed();
  };
  query.addEventListener('change', again);
  return () => query.removeEventListener('change', again);
};

/** Device pixels per CSS pixel of the screen that the window is on. */
export const usePixelRatio = (): number => useSyncExternalStore(subscribe, () => devicePixelRatio);
