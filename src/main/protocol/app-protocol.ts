import { protocol } from 'electron';
import { listServedFiles } from './file-list';
import { appScheme, respond } from './respond';

/** Call before the application is ready: privileges of a scheme are fixed from then on. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the built renderer in `folder` as `app://tessera/`. Call once ready. */
export function setupAppProtocol(folder: string): void {
  const files = listServedFiles(folder);
  protocol.handle(appScheme, (request) => respond(files, request));
}
