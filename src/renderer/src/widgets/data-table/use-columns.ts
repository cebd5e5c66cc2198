import { type RefObject, useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { type Column, clampWidth, layoutColumns } from './columns';

export const CHECK_WIDTH = 34;

/** Inner width of an element, without its scroll bar; 0 before it is measured. */
export function useClientWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** The columns that fit, their widths for the room there is, and a way to change one. */
export function useColumns<Row>(
  all: readonly Column<Row>[],
  checks: boolean,
  scroller: RefObject<HTMLElement | null>,
) {
  const available = useClientWidth(scroller);
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(() => new Map());
  const lead = checks ? CHECK_WIDTH : 0;
  const columns = useMemo(
    () => all.filter((column) => available === 0 || available >= (column.hideBelow ?? 0)),
    [all, available],
  );
  const layout = useMemo(() => {
    const widths = layoutColumns(columns, chosen, available - lead);
    const parts = widths.map((width) => `${width}px`);
    return {
      widths,
      template: (checks ? [`${CHECK_WIDTH}px`, ...parts] : parts).join(' '),
      width: Math.max(
        available,
        widths.reduce((sum, width) => sum + width, lead),
      ),
    };
  }, [columns, chosen, available, checks, lead]);
  const resize = useCallback((column: Column<Row>, width: number | undefined) => {
    setChosen((before) => {
      const after = new Map(before);
      if (width === undefined) after.delete(column.id);
      else after.set(column.id, clampWidth(column, width));
      return after;
    });
  }, []);
  return { ...layout, columns, resize };
}
