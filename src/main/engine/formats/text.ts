import type { MetadataValue } from '../../../shared/domain';

/** Longest text, in UTF-16 units, that a header's metadata keeps; more is cut and says so. */
export const MAX_METADATA_TEXT = 65_536;

/** Quotes text from a file for an error message: escaped, and at most `limit` characters long. */
export function quote(text: string, limit = 60): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(cut);
}

/** Keeps the first `MAX_METADATA_TEXT` characters and states the whole length. */
export function clipText(text: string): string {
  if (text.length <= MAX_METADATA_TEXT) return text;
  return `${text.slice(0, MAX_METADATA_TEXT)}… (${text.length} characters)`;
}

/** A record from pairs whose keys may be anything, `__proto__` included. */
export function recordOf(
  pairs: Iterable<readonly [string, MetadataValue]>,
): Record<string, MetadataValue> {
  return Object.fromEntries(pairs);
}

/** The last part of a path, whichever separator it uses. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Lower-case extension with its dot; empty when there is none. */
export function extension(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/** The folder part of a path, without a trailing separator; `.` when there is none. */
export function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at < 0 ? '.' : path.slice(0, Math.max(at, 1));
}
