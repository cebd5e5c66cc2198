/** The Node that runs the scripts: is it new enough, and where does it come from? */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './log.mjs';

/** The oldest Node that the scripts, the CLI and the tests run on. Keep equal to package.json's `engines`. */
export const oldestNode = '20.19.0';

/** Compares two dotted versions by number; negative when a is older. */
export function compareVersions(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const at = [0, 1, 2].find((i) => (left[i] ?? 0) !== (right[i] ?? 0));
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** Throws when Node is too old; returns the line to print. */
export function checkNode(version = process.versions.node) {
  if (compareVersions(version, oldestNode) < 0) {
    throw new SetupError(
      `Node ${version} is too old, Tessera needs ${oldestNode} or newer`,
      'install a current Node, for instance the LTS release, and run the command again',
    );
  }
  return version;
}

/**
 * The folder that node-gyp should take Node's headers from, so that a source build needs no download:
 * Node's own prefix, when its headers lie there. A value that is already set wins; undefined when there is none.
 */
export function headersFolder(execPath = process.execPath, env = process.env) {
  if (env.npm_config_nodedir) {
    return env.npm_config_nodedir;
  }
  const prefix = path.dirname(path.dirname(realpathSync(execPath)));
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}
