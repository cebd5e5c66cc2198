/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out of it (see lockfile.mjs).
 * Run it after `npm install` changed the file; `npm run check` says when it is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock, missingOptionals } from './lib/lockfile.mjs';
import { runMain, step } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';

runMain(() => {
  const file = inRoot('package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionals(lock).length;
  if (missing > 0) {
    writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  }
  step('lock file', missing === 0 ? 'complete' : `added ${missing} packages of other platforms`);
});
