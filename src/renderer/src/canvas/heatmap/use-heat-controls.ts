import {
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useState,
} from 'react';
import { movedBy, within } from './keyboard';
import { cellAt, type HeatLayout, type HeatPlace, type Size, scrollTo } from './layout';
import { scrollOf } from './use-heat-view';

interface HeatControls {
  readonly layout: HeatLayout;
  readonly view: Size;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onActivate: (place: HeatPlace) => void;
}

const start: HeatPlace = { column: 0, group: 0, part: 0 };

const same = (a: HeatPlace | undefined, b: HeatPlace | undefined): boolean =>
  a?.column === b?.column && a?.group === b?.group && a?.part === b?.part;

/** Where keyboard and mouse are on the map, and what they do. */
export function useHeatControls({ layout, view, scroller, onActivate }: HeatControls) {
  const { shape } = layout;
  const [at, setAt] = useState<HeatPlace>(start);
  const [focus, setFocus] = useState<'none' | 'pointer' | 'keyboard'>('none');
  const [hovered, setHovered] = useState<HeatPlace>();
  const [tipOff, setTipOff] = useTipOff();
  const active = within(at, shape);

  const goTo = (place: HeatPlace) => {
    setAt(place);
    setTipOff(false);
    const element = scroller.current;
    if (!element) return;
    const to = scrollTo(layout, place, scrollOf(element), view);
    element.scrollLeft = to.left;
    element.scrollTop = to.top;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const moved = movedBy({ key: event.key, ctrl: event.ctrlKey }, active, shape);
    const chosen = (event.key === 'Enter' || event.key === ' ') && !event.ctrlKey;
    if (!moved && !chosen) return;
    event.preventDefault();
    setFocus('keyboard');
    setHovered(undefined);
    if (moved) goTo(moved);
    else onActivate(active);
  };
  const placeAt = (event: { clientX: number; clientY: number }): HeatPlace | undefined => {
    const box = scroller.current?.getBoundingClientRect();
    if (!box) return undefined;
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (x >= view.width || y >= view.height) return undefined;
    return cellAt(layout, scrollOf(scroller.current), x, y);
  };
  const onPointerMove = (event: PointerEvent) => {
    const place = placeAt(event);
    if (same(place, hovered)) return;
    setHovered(place);
    setTipOff(false);
  };
  const onClick = (event: { clientX: number; clientY: number }) => {
    const place = placeAt(event);
    if (!place) return;
    setAt(place);
    onActivate(place);
  };
  return {
    active,
    hovered,
    keyboard: focus === 'keyboard',
    tipOff,
    forgetHover: () => setHovered(undefined),
    handlers: {
      onKeyDown,
      onPointerMove,
      onClick,
      onPointerDown: () => setFocus('pointer'),
      onPointerLeave: () => setHovered(undefined),
      onFocus: (event: FocusEvent) =>
        setFocus(event.currentTarget.matches(':focus-visible') ? 'keyboard' : 'pointer'),
      onBlur: () => setFocus('none'),
    },
  };
}

/** A tip stands where its cell was: it goes when something around the map scrolls. */
function useTipOff(): readonly [boolean, (off: boolean) => void] {
  const [off, setOff] = useState(false);
  useEffect(() => {
    const hide = (event: Event) => {
      const inside = event.target instanceof Element && event.target.matches('.heat-scroller');
      if (!inside) setOff(true);
    };
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => window.removeEventListener('scroll', hide, { capture: true });
  }, []);
  return [off, setOff];
}
