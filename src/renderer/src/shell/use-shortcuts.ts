import { useEffect } from 'react';
import { chordOf, isTyping } from '../lib/keys';
import { runCommand } from '../state/commands';
import { useNavigation } from '../state/navigation';
import { useUi } from '../state/ui';
import { screens } from './screens';

export interface Shortcut {
  readonly chord: string;
  readonly what: string;
  readonly group: 'Everywhere' | 'Go to' | 'In a table' | 'On Compare';
  /** Absent: told here, bound by the widget or the native menu. */
  readonly run?: () => void;
  /** Also while typing; only for chords with a modifier. */
  readonly whileTyping?: boolean;
}

const ui = () => useUi.getState();
const navigation = () => useNavigation.getState();

/** Every key of the window: what the sheet shows and what the listener does. */
export const shortcuts: readonly Shortcut[] = [
  ...screens.map(
    (screen): Shortcut => ({
      chord: screen.key,
      what: screen.title,
      group: 'Go to',
      run: () => navigation().go({ screen: screen.name }),
    }),
  ),
  chord('Ctrl+P', 'A model, by name', 'Go to', () => ui().open('jump')),
  chord('Alt+ArrowLeft', 'Back', 'Go to', () => navigation().back()),
  chord('Alt+ArrowRight', 'Forward', 'Go to', () => navigation().forward()),
  { chord: 'Ctrl+O', what: 'Open a file…', group: 'Everywhere' },
  { chord: 'Ctrl+Shift+O', what: 'Open a folder…', group: 'Everywhere' },
  { chord: 'Ctrl+E', what: 'Export the manifest…', group: 'Everywhere' },
  chord('Ctrl+Shift+P', 'Search or run a command', 'Everywhere', () => ui().open('commands')),
  chord('Ctrl+F', 'Find on this screen', 'Everywhere', () => {
    if (!runCommand('find')) ui().open('jump');
  }),
  chord('Ctrl+D', 'Compare the selected models', 'Everywhere', () => {
    if (!runCommand('compare-models')) navigation().go({ screen: 'compare' });
  }),
  chord('Ctrl+J', 'Show or hide jobs', 'Everywhere', () => ui().toggleJobs()),
  chord('Ctrl+,', 'Settings', 'Everywhere', () => ui().open('settings')),
  { chord: '?', what: 'These keys', group: 'Everywhere', run: () => ui().open('keys') },
  { chord: 'Escape', what: 'Close what is on top', group: 'Everywhere' },
  { chord: '↑ ↓', what: 'Previous, next row', group: 'In a table' },
  { chord: 'PgUp PgDn', what: 'A page of rows', group: 'In a table' },
  { chord: 'Home End', what: 'First, last row', group: 'In a table' },
  { chord: 'Space', what: 'Select or deselect', group: 'In a table' },
  { chord: 'Shift+↑ ↓', what: 'Extend the selection', group: 'In a table' },
  { chord: 'Ctrl+A', what: 'Select all', group: 'In a table' },
  { chord: 'Enter', what: 'Open', group: 'In a table' },
  { chord: 'N', what: 'Next difference', group: 'On Compare' },
  { chord: 'P', what: 'Previous difference', group: 'On Compare' },
  { chord: '← ↑ ↓ →', what: 'Walk the map of layers', group: 'On Compare' },
  { chord: 'Enter', what: 'Show a layer’s tensors', group: 'On Compare' },
];

function chord(keys: string, what: string, group: Shortcut['group'], run: () => void): Shortcut {
  return { chord: keys, what, group, run, whileTyping: true };
}

/** A dialog closes itself on Escape while the focus is in it; it can be lost to the page. */
const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="dialog"]') !== null;

export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const pressed = chordOf(event);
      if (pressed === 'Escape' && ui().overlay && !isInDialog(event.target)) return ui().close();
      const found = shortcuts.find((one) => one.run && one.chord === pressed);
      if (!found?.run) return;
      if (!found.whileTyping && isTyping(event.target)) return;
      // An open dialog keeps its keys; only another overlay may take its place.
      if (ui().overlay !== undefined && !found.whileTyping) return;
      event.preventDefault();
      event.stopPropagation();
      found.run();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
