/**
 * A file that is recognisably of a format and broken: where, what was expected, what was found.
 * Readers throw it; it is caught once, at the job boundary, and shown as a problem.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(
    readonly file: string,
    /** Byte offset in `file`. */
    readonly offset: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${file}: at byte ${offset}: expected ${expected}, found ${found}`);
  }
}

/** A system call on a file failed: which operation, on which path, and the system's code. */
export class FileError extends Error {
  override readonly name = 'FileError';
  constructor(
    readonly operation: string,
    readonly file: string,
    readonly code: string,
    detail: string,
  ) {
    super(`cannot ${operation} ${file}: ${detail}`);
  }
}
