/**
 * Why a path that a file names must not be followed, or undefined for a plain relative path with
 * `/` that stays in its folder on every system. The answer completes "a path that …".
 */
export function unsafePath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > 4096) return 'is too long';
  if (path.includes('\0')) return 'holds a NUL';
  if (path.includes('\\')) return 'holds a backslash';
  if (path.startsWith('/')) return 'is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'names a drive';
  if (path.includes(':')) return 'holds a colon';
  if (path.split('/').includes('..')) return 'leads out of its folder';
  return undefined;
}

/** A checked relative path without `.` and empty parts; empty when nothing is left. */
export function normalPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
