/** Folders that a test owns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const newFolder = (name: string): Promise<string> =>
  mkdtemp(path.join(tmpdir(), `tessera-${name}-`));

export const dropFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 });
