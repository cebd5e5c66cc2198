/** Stamps: small JSON files that record what a step was done for, so that it is not done again for the same input. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** The JSON in a file, or undefined when it is missing or damaged (the step is then simply done again). */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a stamp whole or not at all. */
export function writeStamp(file, value) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, file);
}

/** Forgets a stamp. */
export function dropStamp(file) {
  rmSync(file, { force: true });
}

/**
 * SHA-256 over the names and contents of files; folders are walked, in name order. What does not exist is skipped.
 * @param {string} base paths are hashed relative to it, so that two checkouts agree
 * @param {string[]} entries files or folders, relative to base
 * @param {(relative: string) => boolean} keep which files count
 */
export function hashOf(base, entries, keep = () => true) {
  const hash = createHash('sha256');
  for (const file of entries.flatMap((entry) => filesUnder(base, entry))) {
    if (keep(file)) {
      const bytes = readFileSync(path.join(base, file));
      hash.update(`${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex');
}

/** Every file below an entry, relative to base, in a stable order. */
function filesUnder(base, entry) {
  const absolute = path.join(base, entry);
  if (!existsSync(absolute)) {
    return [];
  }
  try {
    return readdirSync(absolute)
      .sort()
      .flatMap((name) => filesUnder(base, path.posix.join(entry, name)));
  } catch (error) {
    if (error.code === 'ENOTDIR') {
      return [entry];
    }
    throw error;
  }
}
