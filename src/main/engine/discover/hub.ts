import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isPartialDownload } from './names';
import { takeOrphan } from './orphans';
import type { Pacer } from './pacer';
import { readRefs } from './revisions';
import type { Search } from './search';
import { refToNothing } from './store-problems';
import type { FoundFile, Listing } from './walk';

/*
 * A repository in a Hugging Face cache: `refs/<branch>` names a revision, `snapshots/<revision>`
 * holds its files, as links to `blobs/<digest>` or, where links cannot be made, as the files
 * themselves. Source: huggingface.co/docs/huggingface_hub, "Understand caching".
 */

/** Findings about the refs of one repository's folder (`…/models--org--name`). */
export function reportRefs(search: Search, folder: string): void {
  for (const [revision, names] of readRefs(join(folder, 'refs'))) {
    const [name = ''] = names;
    const isThere = isFolder(join(folder, 'snapshots', revision));
    // A revision that was only asked for files that it does not have leaves no snapshot.
    if (isThere || isFolder(join(folder, '.no_exist', revision))) continue;
    search.report(refToNothing(join(folder, 'refs', ...name.split('/')), name, revision));
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Takes the folder of a repository's blobs: those that a snapshot refers to show there; the others
 * are orphans. Returns what is left to look at: unfinished downloads.
 */
export async function takeHubBlobs(
  search: Search,
  listing: Listing,
  repository: string,
): Promise<Listing> {
  const snapshots = join(dirname(listing.folder), 'snapshots');
  const references = await referencesOf(snapshots, search.pacer);
  for (const file of listing.files) {
    if (!(await search.pacer.next())) break;
    if (isPartialDownload(file.name) || isReferred(search, references, file)) continue;
    const isCopied = references.sizes.has(file.stamp.size);
    takeOrphan(search, {
      file,
      digest: file.name,
      folder: listing.folder,
      repository,
      store: 'Hugging Face',
      why: isCopied
        ? 'No snapshot refers to this blob; one holds a file of the same size, which may be a copy.'
        : 'No snapshot refers to this blob.',
      ...(references.whole ? {} : { caution: unreadSnapshots }),
    });
  }
  return { ...listing, files: listing.files.filter(({ name }) => isPartialDownload(name)) };
}

const unreadSnapshots =
  'Some snapshots could not be read and may refer to it: delete nothing before they can be.';

/** What the snapshots of one repository refer to. */
interface References {
  readonly realPaths: Set<string>;
  /** Files without links: `device:inode`, and sizes. */
  readonly inodes: Set<string>;
  readonly sizes: Set<number>;
  /** Every snapshot could be read. */
  whole: boolean;
}

function isReferred(search: Search, references: References, file: FoundFile): boolean {
  const { realPath, stamp } = file;
  return (
    references.realPaths.has(realPath) ||
    references.inodes.has(`${stamp.device}:${stamp.inode}`) ||
    search.claimed.has(realPath)
  );
}

async function referencesOf(snapshots: string, pacer: Pacer): Promise<References> {
  const references: References = {
    realPaths: new Set(),
    inodes: new Set(),
    sizes: new Set(),
    whole: true,
  };
  const pending = [snapshots];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of entriesOf(folder, references)) {
      if (!(await pacer.next())) return references;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isSymbolicLink()) addTarget(references, path);
      else if (entry.isFile()) addFile(references, path);
    }
  }
  return references;
}

function entriesOf(folder: string, references: References) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent) references.whole = false;
    return [];
  }
}

function addTarget(references: References, link: string): void {
  try {
    references.realPaths.add(realpathSync.native(link));
  } catch {
    // A link to nothing refers to no blob; the walk reports it.
  }
}

function addFile(references: References, path: string): void {
  try {
    const { ino, dev, size } = lstatSync(path, { bigint: true });
    if (ino !== 0n) references.inodes.add(`${dev}:${ino}`);
    references.sizes.add(Number(size));
  } catch {
    references.whole = false;
  }
}
