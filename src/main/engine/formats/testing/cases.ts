import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One generated file of the corpus of bad inputs, and what must become of it. */
export interface CorpusCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** `valid`, or what the FormatError's message must say after the file's name. */
  readonly expect: 'valid' | RegExp;
}

export function refused(name: string, bytes: Uint8Array, expect: RegExp): CorpusCase {
  return { name, bytes, expect };
}

export function accepted(name: string, bytes: Uint8Array): CorpusCase {
  return { name, bytes, expect: 'valid' };
}

/** A temporary folder for one test file; `write` puts a file there and returns its path. */
export function scratchFolder(label: string) {
  const folder = mkdtempSync(join(tmpdir(), `tessera-${label}-`));
  return {
    folder,
    write(name: string, bytes: Uint8Array | string): string {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
