import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Scroll, Size } from './layout';

/** Inner size of a scrolling element, without its scroll bars; zero before it is measured. */
export function useInnerSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () =>
      setSize((before) =>
        before.width === element.clientWidth && before.height === element.clientHeight
          ? before
          : { width: element.clientWidth, height: element.clientHeight },
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** Runs `draw` once per frame however often it is asked for; always the latest one. */
export function useFrame(draw: () => void): () => void {
  const latest = useRef(draw);
  latest.current = draw;
  const due = useRef(0);
  useLayoutEffect(() => () => cancelAnimationFrame(due.current), []);
  return useCallback(() => {
    cancelAnimationFrame(due.current);
    due.current = requestAnimationFrame(() => latest.current());
  }, []);
}

export const scrollOf = (element: HTMLElement | null): Scroll => ({
  left: element?.scrollLeft ?? 0,
  top: element?.scrollTop ?? 0,
});
