/**
 * Puts text on the clipboard; false when the system refuses. The window grants no permissions, and
 * the asynchronous clipboard asks for one, so the copy event is tried first.
 */
export async function copyText(text: string): Promise<boolean> {
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', onCopy, { capture: true, once: true });
  const copied = document.execCommand('copy');
  document.removeEventListener('copy', onCopy, { capture: true });
  if (copied) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
