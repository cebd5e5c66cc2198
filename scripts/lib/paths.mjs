/** The folders that the scripts work in. */
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An absolute path inside the repository. */
export function inRoot(...parts) {
  return path.join(root, ...parts);
}

/** An absolute path inside node_modules. */
export function inModules(...parts) {
  return inRoot('node_modules', ...parts);
}

/** The user's cache folder for Tessera: `$XDG_CACHE_HOME/tessera`, or `~/.cache/tessera`. Relative values are ignored. */
export function cacheFolder(env = process.env, home = homedir()) {
  const base = env.XDG_CACHE_HOME;
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(home, '.cache'),
    'tessera',
  );
}
