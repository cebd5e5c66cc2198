/** Runs `bin/tessera` as a person would, from a test. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { ScanReport } from '../../src/cli/scan';

export interface CliOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const tesseraFile = path.resolve(import.meta.dirname, '..', '..', 'bin', 'tessera');

export function tessera(...args: readonly string[]): Promise<CliOutcome> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tesseraFile, ...args],
      { maxBuffer: 256 * 1024 * 1024 },
      (error, out, err) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, out, err });
        else reject(error);
      },
    );
  });
}

/** What `tessera scan --json --no-cache` says of `paths`; fails the test if it does not end well. */
export async function scanJson(...paths: readonly string[]): Promise<ScanReport> {
  const { code, out, err } = await tessera('scan', '--json', '--no-cache', ...paths);
  if (code !== 0) throw new Error(`tessera scan ended with ${code}: ${err}`);
  return JSON.parse(out) as ScanReport;
}

/** Writes the seeded sample family below `folder`. `size`: as the command takes it, `8MB`. */
export async function writeFamily(folder: string, size = '4MB'): Promise<void> {
  const { code, err } = await tessera('samples', folder, '--size', size);
  if (code !== 0) throw new Error(`tessera samples ended with ${code}: ${err}`);
}
