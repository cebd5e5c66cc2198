import { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

interface HeaderTipProps {
  /** Id of the header cell that it explains. */
  readonly cell: string;
  readonly text: string;
}

const GAP = 6;
const EDGE = 8;

/** What a column means, below its header; said to screen readers by the cell's description. */
export function HeaderTip({ cell, text }: HeaderTipProps) {
  const tip = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>();
  useLayoutEffect(() => {
    const target = document.getElementById(cell)?.getBoundingClientRect();
    const own = tip.current?.getBoundingClientRect();
    if (!target || !own) return;
    const left = Math.min(target.left, window.innerWidth - own.width - EDGE);
    setPlace({ left: Math.max(EDGE, left), top: target.bottom + GAP });
  }, [cell]);
  const style = place ?? { left: 0, top: 0, visibility: 'hidden' as const };
  return createPortal(
    <div ref={tip} className="tip dt-tip" style={style} aria-hidden="true">
      {text}
    </div>,
    document.body,
  );
}
