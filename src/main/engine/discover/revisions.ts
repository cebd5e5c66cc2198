import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError, FormatError } from '../formats/errors';
import { openByteSource } from '../io/byte-source';
import { hubPlace, naturalCompare } from './names';
import { snapshotsOf } from './naming';

/** Digits of a revision that tell snapshots of one repository apart. */
const SHORT_REVISION = 7;
/** A ref holds a commit's 40 digits. */
const MAX_REF_BYTES = 1024;
const MAX_REFS = 10_000;
/** `refs/pr/12`. */
const MAX_REF_DEPTH = 4;

/** What one Hugging Face repository's snapshots are called. */
export interface Revisions {
  /** How many snapshots there are. */
  readonly snapshots: number;
  /** Revision → the names of its refs, `main` first. */
  readonly refs: ReadonlyMap<string, readonly string[]>;
}

/**
 * What tells a snapshot's models from those of the repository's others: its ref (`main`), or the
 * first digits of its revision. Undefined when there is one snapshot only, and no ref but `main`.
 */
export function revisionOf(known: Map<string, Revisions>, folder: string): string | undefined {
  const snapshots = snapshotsOf(folder);
  const revision = hubPlace(folder)?.revision;
  if (snapshots === undefined || revision === undefined) return undefined;
  const all = known.get(snapshots) ?? readRevisions(snapshots);
  known.set(snapshots, all);
  const [ref] = all.refs.get(revision) ?? [];
  if (all.snapshots > 1) return ref ?? revision.slice(0, SHORT_REVISION);
  return ref === 'main' ? undefined : ref;
}

function readRevisions(snapshots: string): Revisions {
  return { snapshots: countFolders(snapshots), refs: readRefs(join(dirname(snapshots), 'refs')) };
}

function countFolders(path: string): number {
  return entriesOf(path).filter((entry) => entry.isDirectory()).length;
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Refs by the revision that they name; what cannot be read is left out. */
export function readRefs(folder: string): Map<string, string[]> {
  const refs = new Map<string, string[]>();
  const pending = [{ path: folder, name: '', depth: 0 }];
  let left = MAX_REFS;
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    for (const entry of entriesOf(one.path)) {
      left -= 1;
      if (left < 0) return refs;
      const path = join(one.path, entry.name);
      const name = one.name === '' ? entry.name : `${one.name}/${entry.name}`;
      if (entry.isDirectory() && one.depth < MAX_REF_DEPTH) {
        pending.push({ path, name, depth: one.depth + 1 });
      }
      const revision = entry.isFile() ? readRef(path) : undefined;
      if (revision !== undefined) refs.set(revision, [...(refs.get(revision) ?? []), name]);
    }
  }
  for (const names of refs.values()) names.sort(byRefName);
  return refs;
}

function byRefName(a: string, b: string): number {
  return Number(b === 'main') - Number(a === 'main') || naturalCompare(a, b);
}

/** The revision that a ref names; undefined for anything that cannot be one. */
function readRef(path: string): string | undefined {
  const text = readSmallText(path, MAX_REF_BYTES)?.trim();
  return text !== undefined && /^[\w.-]+$/.test(text) ? text : undefined;
}

/** A small regular file's text; undefined when it is larger, a link, or cannot be read. */
export function readSmallText(path: string, limit: number): string | undefined {
  try {
    if (!lstatSync(path).isFile()) return undefined;
    const source = openByteSource(path);
    try {
      if (source.size > limit) return undefined;
      return Buffer.from(source.read(0, source.size)).toString('utf8');
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof FormatError || error instanceof FileError || isSystem(error)) {
      return undefined;
    }
    throw error;
  }
}

function isSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
