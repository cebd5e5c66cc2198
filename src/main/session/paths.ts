import { stat } from 'node:fs/promises';
import path from 'node:path';

export interface FoundPath {
  /** Absolute, without a trailing separator. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
}

/** Those of `paths` that are absolute and are a folder or a regular file, in order, once each. */
export async function existing(paths: readonly string[]): Promise<FoundPath[]> {
  const unique = [...new Set(paths.filter((item) => path.isAbsolute(item)).map(normalise))];
  const found = await Promise.all(unique.map(look));
  return found.filter((item) => item !== null);
}

async function look(absolute: string): Promise<FoundPath | null> {
  try {
    const found = await stat(absolute);
    if (found.isDirectory()) return { path: absolute, kind: 'folder' };
    return found.isFile() ? { path: absolute, kind: 'file' } : null;
  } catch {
    return null;
  }
}

/** `path.resolve` also takes a trailing separator away. */
const normalise = (absolute: string) => path.resolve(absolute);

/** Last component; the path itself for a root. */
export function nameOf(absolute: string): string {
  return path.basename(absolute) || absolute;
}
