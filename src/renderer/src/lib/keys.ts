/** `Ctrl` or, on a Mac, `⌘`: what the person presses with a letter to give a command. */
export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

/** A chord in the order people write it: `Ctrl+Shift+P`. Letters are upper case. */
export function chordOf(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}): string {
  const command = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Shift is part of the character for signs such as `?`; for letters it is part of the chord.
  const shift = event.shiftKey && (event.key.length > 1 || /[A-Z]/.test(key));
  return [command ? 'Ctrl' : '', event.altKey ? 'Alt' : '', shift ? 'Shift' : '', key]
    .filter((part) => part !== '')
    .join('+');
}

/** `Ctrl+Shift+P` as this platform writes it. */
export const showChord = (chord: string): string =>
  isMac ? chord.replace('Ctrl+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥') : chord;

/**
 * Typing must never run a one-key command. Where the focus is counts too: a list that is narrowed by
 * typing passes the keys of its text field on to the item that Enter would choose.
 */
export const isTyping = (target: EventTarget | null): boolean =>
  takesText(target) || takesText(document.activeElement);

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  const inert = ['checkbox', 'radio', 'button', 'range'];
  return target instanceof HTMLInputElement && !inert.includes(target.type);
}
