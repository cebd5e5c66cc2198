import type { Problem } from '../../../shared/domain';
import { FileError, FormatError } from '../formats/errors';

/** The finding for a file whose header is broken. */
export function malformed(error: FormatError): Problem {
  return {
    file: error.file,
    kind: 'malformed',
    error: brokenReason(error),
    offset: error.offset,
    expected: error.expected,
    found: error.found,
    hint: 'Download or copy this file again; the other files are not affected.',
  };
}

/** One sentence, also shown as why a broken file is opaque. */
export function brokenReason(error: FormatError): string {
  return `Broken at byte ${error.offset}: expected ${error.expected}, found ${error.found}.`;
}

const hints: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'Give yourself the right to read it, then scan again.'],
  ['EPERM', 'Give yourself the right to read it, then scan again.'],
  ['ENOENT', 'Check that it was not moved or renamed, then scan again.'],
  ['ELOOP', 'Remove the link that leads back to itself.'],
  ['EIO', 'The disk reports a fault: copy what you can, and check the disk.'],
  ['ENOTREG', 'Open the file that you meant; pipes and devices hold no model.'],
]);

/** The finding for a file or folder that the system would not give out. */
export function unreadable(error: FileError): Problem {
  return {
    file: error.file,
    kind: 'unreadable',
    error: `Could not ${error.operation} this ${error.code === 'ENOTDIR' ? 'folder' : 'file or folder'}: ${reasonOf(error)}.`,
    found: error.code,
    hint: hints.get(error.code) ?? 'Check the file or its disk, then scan again.',
  };
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'you may not read it'],
  ['EPERM', 'you may not read it'],
  ['ENOENT', 'it is not there'],
  ['ELOOP', 'its link leads back to itself'],
  ['EIO', 'the disk reports a fault'],
  ['ENOTREG', 'it is a pipe, socket or device'],
  ['EISDIR', 'it is a folder'],
]);

function reasonOf(error: FileError): string {
  return reasons.get(error.code) ?? error.code;
}

/** The finding for what reading a header threw; anything else is a fault of ours, thrown again. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FormatError) return malformed(error);
  if (error instanceof FileError) return unreadable(error);
  throw error;
}

export function outsideRoot(file: string, target: string): Problem {
  return {
    file,
    kind: 'outside-root',
    error: 'This link leads out of the opened folder and was not followed.',
    found: target,
    hint: 'Open the folder that it leads to, if you want it shown.',
  };
}

export function danglingLink(file: string): Problem {
  return {
    file,
    kind: 'unreadable',
    error: 'This link leads to a file or folder that is not there.',
    hint: 'Remove the link, or bring its target back.',
  };
}

/** `bytes`: what it takes on disk. */
export function partialDownload(file: string, bytes: number): Problem {
  return {
    file,
    kind: 'partial-download',
    bytes,
    error: 'This is a download that was not finished.',
    hint: 'Finish it with the program that began it, or delete it to free its space.',
  };
}

export function changedWhileReading(file: string): Problem {
  return {
    file,
    kind: 'changed-while-reading',
    error: 'This file was replaced while it was being opened.',
    hint: 'Wait until it is written, then scan again.',
  };
}
