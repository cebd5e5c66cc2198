import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';

export interface Folders {
  /** Settings, catalogue, samples; one instance per folder. */
  readonly data: string;
  readonly logs: string;
}

/**
 * Decides where everything is kept, before anything is. `TESSERA_USER_DATA` names another folder
 * than the system's usual one. What Chromium writes goes into a folder of its own.
 */
export function setupFolders(environment: NodeJS.ProcessEnv): Folders {
  const own = environment.TESSERA_USER_DATA;
  const data =
    own === undefined || own === ''
      ? path.join(app.getPath('appData'), 'Tessera')
      : path.resolve(own);
  const logs = path.join(data, 'logs');
  mkdirSync(logs, { recursive: true });
  app.setPath('userData', data);
  app.setPath('sessionData', path.join(data, 'browser'));
  app.setAppLogsPath(logs);
  return { data, logs };
}
