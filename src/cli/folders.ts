import { homedir } from 'node:os';
import path from 'node:path';

export interface CatalogueOptions {
  /** `--data` */
  readonly data?: string;
  /** False for `--no-cache`. */
  readonly cache: boolean;
}

/** Where the engine keeps fingerprints; null: in memory. */
export function catalogueFolder(
  { data, cache }: CatalogueOptions,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (!cache) return null;
  if (data !== undefined) return path.resolve(data);
  return path.join(userDataFolder(env, process.platform, homedir()), 'cli');
}

/** The user's folder for Tessera's data, by the platform's custom; relative settings are ignored. */
export function userDataFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  const absolute = (value: string | undefined) =>
    value !== undefined && path.isAbsolute(value) ? value : undefined;
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Tessera');
  if (platform === 'win32') {
    return path.join(absolute(env.LOCALAPPDATA) ?? path.join(home, 'AppData', 'Local'), 'Tessera');
  }
  return path.join(absolute(env.XDG_DATA_HOME) ?? path.join(home, '.local', 'share'), 'tessera');
}
