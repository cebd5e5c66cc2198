/**
 * `<html data-settled>` is `true` when nothing that changes the screen is under way: no call in
 * flight and no refresh due. Pictures and tests wait for it.
 */
const quietMs = 60;

let underWay = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function mark(settled: boolean): void {
  if (typeof document !== 'undefined') {
    document.documentElement.dataset.settled = String(settled);
  }
}

/** Marks the start of work; the returned function ends it, once however often it is called. */
export function beginWork(): () => void {
  underWay += 1;
  clearTimeout(timer);
  mark(false);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    underWay -= 1;
    if (underWay > 0) return;
    timer = setTimeout(() => mark(underWay === 0), quietMs);
  };
}

export const workUnderWay = (): number => underWay;
