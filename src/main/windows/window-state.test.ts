import { describe, expect, it } from 'vitest';
import { placeWindow } from './window-state';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 2560, height: 1400 };
const stored = { x: 100, y: 50, width: 1200, height: 800, maximised: false };

describe('placeWindow', () => {
  it('uses the default size, centred, the first time', () => {
    expect(placeWindow(null, [screen])).toEqual({ width: 1440, height: 900, maximised: false });
  });

  it('goes back to where it was, also on a second screen, and stays maximised', () => {
    const there = { ...stored, x: 2000, maximised: true };
    expect(placeWindow(there, [screen, right])).toEqual({
      position: { x: 2000, y: 50 },
      width: 1200,
      height: 800,
      maximised: true,
    });
  });

  it('is centred when its screen has gone or its top edge cannot be reached', () => {
    for (const lost of [{ x: 2000 }, { y: -40 }, { y: 1039 }, { x: -1150 }, { x: 1900 }]) {
      expect(placeWindow({ ...stored, ...lost }, [screen]).position).toBeUndefined();
    }
  });

  it('is never larger than the screen nor smaller than the minimum', () => {
    const small = { x: 0, y: 0, width: 1280, height: 720 };
    expect(placeWindow(null, [small])).toMatchObject({ width: 1280, height: 720 });
    const tiny = { ...stored, width: 10, height: 10 };
    expect(placeWindow(tiny, [screen])).toMatchObject({ width: 1024, height: 700 });
  });
});
