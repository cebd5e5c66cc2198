import type { StoredWindow } from '../settings/stored';

/** Device-independent pixels, of the content. */
export const defaultSize = { width: 1440, height: 900 } as const;
export const minimumSize = { width: 1024, height: 700 } as const;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowPlacement {
  /** Undefined: the system centres the window. */
  readonly position?: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly height: number;
  readonly maximised: boolean;
}

/** How much of the window's top edge must be on a screen, so that it can be taken hold of. */
const grip = { width: 120, height: 32 } as const;

/**
 * Where the window goes: where it was, if that is still on a screen, and never larger than that
 * screen's work area nor smaller than the minimum.
 */
export function placeWindow(
  stored: StoredWindow | null,
  workAreas: readonly Rectangle[],
): WindowPlacement {
  if (stored === null) return { ...sizeOn(defaultSize, workAreas[0]), maximised: false };
  const area = workAreas.find((candidate) => isReachable(stored, candidate));
  const size = sizeOn(stored, area ?? workAreas[0]);
  const { maximised } = stored;
  if (area === undefined) return { ...size, maximised };
  return { position: { x: stored.x, y: stored.y }, ...size, maximised };
}

function isReachable(window: Rectangle, area: Rectangle): boolean {
  const left = Math.max(window.x, area.x);
  const right = Math.min(window.x + window.width, area.x + area.width);
  const bottom = Math.min(window.y + grip.height, area.y + area.height);
  return right - left >= grip.width && window.y >= area.y && bottom - window.y >= grip.height;
}

function sizeOn(size: { width: number; height: number }, area: Rectangle | undefined) {
  const within = (value: number, least: number, most: number) =>
    Math.max(least, Math.min(value, most));
  return {
    width: within(size.width, minimumSize.width, area?.width ?? size.width),
    height: within(size.height, minimumSize.height, area?.height ?? size.height),
  };
}
