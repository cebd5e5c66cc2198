/**
 * Why a manifest must not hold this file path, or undefined for a plain relative one: `/` between
 * its parts, no empty, `.` or `..` part, no drive, no backslash, no NUL. The answer completes
 * "a path that …".
 */
export function unsafeFilePath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > 4096) return 'is too long';
  if (path.includes('\0')) return 'holds a NUL';
  if (path.includes('\\')) return 'holds a backslash';
  if (path.startsWith('/')) return 'is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'names a drive';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leads out of its folder';
  return parts.includes('') || parts.includes('.') ? 'is not in its plain form' : undefined;
}
