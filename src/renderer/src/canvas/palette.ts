import { useEffect, useState } from 'react';
import { parseColour, type Rgb } from './colour';

export type Palette<Token extends string> = Readonly<Record<Token, Rgb>>;

const grey: Rgb = [128, 128, 128];

/** The colours of tokens.css as they are now; a canvas cannot read custom properties itself. */
function readPalette<Token extends string>(tokens: readonly Token[]): Palette<Token> {
  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  const colours = tokens.map((token): readonly [Token, Rgb] => {
    probe.style.color = `var(--${token})`;
    return [token, parseColour(getComputedStyle(probe).color) ?? grey];
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<Token, Rgb>;
}

/** The colours of these tokens, a new object when the theme changes. `tokens` must be constant. */
export function usePalette<Token extends string>(tokens: readonly Token[]): Palette<Token> {
  const [palette, setPalette] = useState(() => readPalette(tokens));
  useEffect(() => {
    const read = () => setPalette(readPalette(tokens));
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', read);
    const chosen = new MutationObserver(read);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    read();
    return () => {
      system.removeEventListener('change', read);
      chosen.disconnect();
    };
  }, [tokens]);
  return palette;
}
