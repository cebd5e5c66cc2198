import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Problem } from '../../../shared/domain';
import { fileError } from '../io/byte-source';
import type { FileStamp } from '../model/model';
import {
  hasModelExtension,
  hubPlace,
  isSkippedFolder,
  LARGE_FILE_BYTES,
  naturalCompare,
} from './names';
import type { Pacer } from './pacer';
import { danglingLink, outsideRoot, problemOf } from './problems';
import { sortPaced } from './sort';

/** The unit of `stat`'s block count, whatever the disk's own is (POSIX `st_blocks`). */
const STAT_BLOCK_BYTES = 512;

/** A regular file as a folder lists it. */
export interface FoundFile {
  readonly name: string;
  /** In its folder (whose own links are resolved); a link's own path. */
  readonly path: string;
  /** Where the bytes are: links resolved. */
  readonly realPath: string;
  readonly stamp: FileStamp;
  readonly linked: boolean;
}

export interface Listing {
  /** Canonical path of the folder. */
  readonly folder: string;
  /** In natural order. */
  readonly files: readonly FoundFile[];
  /** Canonical paths of folders to enter, in natural order, stores of nameless blobs last. */
  readonly folders: readonly string[];
  /** Names of entries that are no files, for messages: `model.bin` → `a folder`. */
  readonly others: ReadonlyMap<string, string>;
}

export type Report = (problem: Problem) => void;

/** Which links may be followed: into an opened root, or from snapshots to blobs in one hub. */
export function mayFollow(link: string, target: string, roots: readonly string[]): boolean {
  if (roots.some((root) => isInside(target, root))) return true;
  const place = hubPlace(dirname(link));
  if (place === undefined) return false;
  const rest = target.replaceAll('\\', '/');
  return rest.startsWith(`${place.hub}/`) && /--[^/]+\/blobs\/[^/]+$/.test(rest);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** A path with every link resolved. Throws FileError. */
export function canonicalPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    throw fileError('open', path, error);
  }
}

interface Stamped {
  readonly stamp: FileStamp;
  readonly kind: EntryKind;
}

/** Size, identity and kind of what a path leads to. Throws the system's error. */
export function stampOf(path: string): Stamped {
  return stamped(statSync(path, { bigint: true }));
}

function stamped(stat: BigIntStats): Stamped {
  return {
    stamp: { size: Number(stat.size), mtimeNs: stat.mtimeNs, inode: stat.ino, device: stat.dev },
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other',
  };
}

/** Bytes that a file takes on disk: fewer than its size where it has holes, as downloads do. */
export function allocatedBytes(path: string, size: number): number {
  try {
    const { blocks } = statSync(path);
    return blocks > 0 ? Math.min(size, blocks * STAT_BLOCK_BYTES) : size;
  } catch {
    return size;
  }
}

type EntryKind = 'file' | 'folder' | 'other';

/** What an entry that is no file is, for messages. */
export function wordFor(kind: 'folder' | 'other'): string {
  return kind === 'folder' ? 'a folder' : 'a pipe, socket or device';
}

interface Draft {
  readonly files: FoundFile[];
  readonly folders: string[];
  readonly others: Map<string, string>;
}

/**
 * What one folder holds. Pipes, sockets and devices are passed over; links to folders are not
 * entered (what they lead to is walked in its own place, so no loop can arise). Everything that
 * cannot be read is reported. `folder` is canonical. Short when aborted.
 */
export async function listFolder(
  folder: string,
  roots: readonly string[],
  report: Report,
  pacer: Pacer,
): Promise<Listing> {
  const draft: Draft = { files: [], folders: [], others: new Map() };
  for (const name of namesIn(folder, report)) {
    if (!(await pacer.next())) break;
    try {
      addEntry(draft, folder, name, roots, report);
    } catch (error) {
      report(problemOf(fileError('open', join(folder, name), error)));
    }
  }
  return {
    folder,
    files: await sortPaced(draft.files, (a, b) => naturalCompare(a.name, b.name), pacer),
    folders: await sortPaced(draft.folders, byFolderOrder, pacer),
    others: draft.others,
  };
}

function namesIn(folder: string, report: Report): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    report(problemOf(fileError('list', folder, error)));
    return [];
  }
}

function byFolderOrder(a: string, b: string): number {
  const [nameA, nameB] = [basename(a), basename(b)];
  return Number(nameA === 'blobs') - Number(nameB === 'blobs') || naturalCompare(nameA, nameB);
}

function addEntry(
  draft: Draft,
  folder: string,
  name: string,
  roots: readonly string[],
  report: Report,
): void {
  const path = join(folder, name);
  const stat = lstatSync(path, { bigint: true });
  if (stat.isSymbolicLink()) {
    addLink(draft, name, path, roots, report);
    return;
  }
  const { stamp, kind } = stamped(stat);
  if (kind === 'file') draft.files.push({ name, path, realPath: path, stamp, linked: false });
  else draft.others.set(name, wordFor(kind));
  if (kind === 'folder' && !isSkippedFolder(name)) draft.folders.push(path);
}

function addLink(
  draft: Draft,
  name: string,
  path: string,
  roots: readonly string[],
  report: Report,
): void {
  let realPath: string;
  try {
    realPath = realpathSync.native(path);
  } catch (error) {
    draft.others.set(name, 'a link to nothing');
    const failure = fileError('open', path, error);
    report(failure.code === 'ENOENT' ? danglingLink(path) : problemOf(failure));
    return;
  }
  const { stamp, kind } = stampOf(realPath);
  if (kind === 'other') {
    draft.others.set(name, wordFor(kind));
    return;
  }
  if (!mayFollow(path, realPath, roots)) {
    draft.others.set(name, 'a link out of the opened folder');
    const matters = hasModelExtension(name) || stamp.size >= LARGE_FILE_BYTES;
    if (kind === 'folder' || matters) report(outsideRoot(path, realPath));
    return;
  }
  if (kind === 'file') draft.files.push({ name, path, realPath, stamp, linked: true });
  else draft.others.set(name, 'a link to a folder');
}
