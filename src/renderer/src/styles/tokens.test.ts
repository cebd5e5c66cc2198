import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map((match) => [
    match[1] ?? '',
    [match[2] ?? '', match[3] ?? ''] as const,
  ]),
);

function colour(name: string, theme: 0 | 1): string {
  const found = pairs.get(name);
  if (!found) throw new Error(`tokens.css has no colour --${name}`);
  return found[theme];
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const texts = [
  'ink',
  'muted',
  'faint',
  'accent-text',
  'same-text',
  'cast-text',
  'near-text',
  'diff-text',
];
const grounds = [
  'bg',
  'panel',
  'raised',
  'hover',
  'accent-soft',
  'danger-soft',
  'warn-soft',
  'ok-soft',
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s theme', (_name, theme) => {
  it.each(texts)('shows --%s at 4.5:1 or better on every ground', (text) => {
    for (const ground of grounds) {
      const ratio = contrast(colour(text, theme), colour(ground, theme));
      expect(ratio, `--${text} on --${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('shows text on the accent at 4.5:1 or better', () => {
    for (const ground of ['accent', 'accent-hover']) {
      expect(contrast(colour('on-accent', theme), colour(ground, theme))).toBeGreaterThanOrEqual(
        4.5,
      );
    }
  });

  it('shows the edges of controls at 3:1 or better', () => {
    for (const ground of ['bg', 'panel', 'raised', 'accent-soft']) {
      const ratio = contrast(colour('line-strong', theme), colour(ground, theme));
      expect(ratio, ground).toBeGreaterThanOrEqual(3);
    }
  });

  it('has a scale of change that runs one way in lightness', () => {
    const [none, some, most] = ['near0', 'near1', 'near2'].map((name) =>
      luminance(colour(name, theme)),
    ) as [number, number, number];
    expect(Math.sign(some - none)).toBe(theme === 0 ? -1 : 1);
    expect(Math.sign(most - some)).toBe(Math.sign(some - none));
  });

  it('shows the focus ring at 3:1 or better', () => {
    for (const ground of grounds) {
      const ratio = contrast(colour('focus', theme), colour(ground, theme));
      expect(ratio, ground).toBeGreaterThanOrEqual(3);
    }
  });
});
