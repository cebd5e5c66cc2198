import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

export interface TipPlace {
  /** The cell on the page. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const AWAY = 8;
const EDGE = 8;

/** What a cell holds, below it or, where that leaves the window, above. */
export function HeatTip({ at, children }: { readonly at: TipPlace; readonly children: ReactNode }) {
  const tip = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>();
  const { left, top, width, height } = at;
  useLayoutEffect(() => {
    const own = tip.current?.getBoundingClientRect();
    if (!own) return;
    const wanted = left + width / 2 - own.width / 2;
    const below = top + height + AWAY;
    setPlace({
      left: Math.max(EDGE, Math.min(wanted, window.innerWidth - own.width - EDGE)),
      top: below + own.height + EDGE > window.innerHeight ? top - own.height - AWAY : below,
    });
  }, [left, top, width, height]);
  const style = place ?? { left: 0, top: 0, visibility: 'hidden' as const };
  return createPortal(
    <div ref={tip} className="tip heat-tip" style={style} aria-hidden="true">
      {children}
    </div>,
    document.body,
  );
}
