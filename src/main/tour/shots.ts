import { type ScreenName, screenNames } from '../../shared/ipc';

export interface Shot {
  readonly screen: ScreenName;
  readonly theme: 'light' | 'dark';
  /** Content, in device-independent pixels. */
  readonly width: number;
  readonly height: number;
}

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;
const themes = ['light', 'dark'] as const;

/** Every screen in both themes and sizes, ordered so that the window changes as seldom as it can. */
export function allShots(): Shot[] {
  return sizes.flatMap((size) =>
    themes.flatMap((theme) => screenNames.map((screen) => ({ screen, theme, ...size }))),
  );
}

export const shotFileName = ({ screen, theme, width }: Shot) => `${screen}-${theme}-${width}.png`;
