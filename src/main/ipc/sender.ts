import { appOrigin } from '../protocol/respond';

/** Who made a call, as the browser process knows it; nothing in it comes from the caller. */
export interface Sender {
  /** The call came from the contents of Tessera's own window. */
  readonly isMainWindow: boolean;
  readonly isMainFrame: boolean;
  /** As Chromium serialises it: `app://tessera`, or `null` for an opaque one. */
  readonly origin: string;
  /** Of the document: an empty page has the origin of whoever opened it. */
  readonly url: string;
}

/** Only the main frame of our window, while it shows `app://tessera`, is listened to. */
export function isTrusted(sender: Sender): boolean {
  const isOurs = sender.origin === appOrigin && sender.url.startsWith(`${appOrigin}/`);
  return sender.isMainWindow && sender.isMainFrame && isOurs;
}
