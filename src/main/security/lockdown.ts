import { app, type Session, session, type WebContents } from 'electron';
import { isAllowedUrl } from './allowed-url';

export interface LockdownOptions {
  /** Developer tools are wanted; false in any packaged build. */
  readonly dev: boolean;
  readonly onRefused: (sentence: string) => void;
}

/** Chromium's own background traffic. Call before the application is ready. */
export function silenceChromium(): void {
  const off = [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'disable-sync',
    'disable-default-apps',
    'no-pings',
    'no-first-run',
  ];
  for (const name of off) app.commandLine.appendSwitch(name);
  // No host name resolves, whatever asks.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
}

/** Denies what a window, a frame or a session could do beyond showing `app://tessera`. */
export function setupLockdown(options: LockdownOptions): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, options));
  app.on('session-created', (created) => lockSession(created, options));
  lockSession(session.defaultSession, options);
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, trust) => {
    event.preventDefault();
    trust(false);
  });
  app.on('login', (event) => event.preventDefault());
  app.on('select-client-certificate', (event) => event.preventDefault());
}

function lockContents(contents: WebContents, { onRefused }: LockdownOptions): void {
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault();
    onRefused(`navigation to ${event.url}`);
  });
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => {
    event.preventDefault();
    onRefused(`redirect to ${event.url}`);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onRefused('a webview');
  });
  contents.setWindowOpenHandler(({ url }) => {
    onRefused(`a new window for ${url}`);
    return { action: 'deny' };
  });
}

const locked = new WeakSet<Session>();

/** Idempotent; the default session may be announced as well as named. */
function lockSession(target: Session, { dev, onRefused }: LockdownOptions): void {
  if (locked.has(target)) return;
  locked.add(target);
  target.setPermissionRequestHandler((_contents, permission, decide) => {
    onRefused(`the permission ${permission}`);
    decide(false);
  });
  target.setPermissionCheckHandler(() => false);
  target.setDevicePermissionHandler(() => false);
  target.setSpellCheckerEnabled(false);
  target.webRequest.onBeforeRequest((details, decide) => {
    const allowed = isAllowedUrl(details.url, dev);
    if (!allowed) onRefused(`a request to ${details.url}`);
    decide({ cancel: !allowed });
  });
  target.on('will-download', (event) => {
    event.preventDefault();
    onRefused('a download');
  });
}
