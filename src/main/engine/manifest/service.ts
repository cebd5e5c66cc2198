import { readFile, stat } from 'node:fs/promises';
import type { Manifest } from '../../../shared/domain';
import type { Fingerprints } from '../jobs/fingerprint';
import type { Model } from '../model/model';
import { EngineError, type ManifestCheck } from '../protocol';
import { buildManifest } from './build';
import { ManifestError, parseManifest } from './parse';
import { unsafeFilePath } from './paths';
import { serializeManifest } from './serialize';
import { verifyManifest } from './verify';

/** Larger manifests are refused before they are read into memory, bytes. */
const MAX_MANIFEST_BYTES = 500_000_000;

/** Throws EngineError `not-ready` until every file of the model is fingerprinted. */
export function manifestOf(
  model: Model,
  fingerprints: Fingerprints,
): { text: string; manifest: Manifest } {
  const stored = fingerprints.stored(model);
  if (stored === undefined) {
    throw new EngineError(
      'not-ready',
      `${model.name} is not fingerprinted yet.`,
      'A manifest names every fragment by its hash: wait until the fingerprinting is done.',
    );
  }
  for (const { path } of model.files) {
    const fault = unsafeFilePath(path);
    if (fault === undefined) continue;
    const hint = 'Rename the file and open its folder again.';
    throw new EngineError('io', `${path} cannot be named in a manifest: its path ${fault}.`, hint);
  }
  const work = fingerprints.work(model);
  const files = work.files.map(({ plan, views }, at) => {
    const { fingerprint, viewHashes } = stored[at] as (typeof stored)[number];
    return { plan, views, fingerprint, viewHashes };
  });
  const manifest = buildManifest({ model, files });
  return { text: serializeManifest(manifest), manifest };
}

/**
 * Throws EngineError `io` when the manifest itself cannot be read or is none, or when `folder` is
 * not a folder; whatever is wrong with the files in it is a finding.
 */
export async function verifyAgainst(file: string, folder: string): Promise<ManifestCheck> {
  const manifest = parsed(await readManifest(file), file);
  await checkFolder(folder);
  return verifyManifest(manifest, folder);
}

function parsed(text: string, file: string): Manifest {
  try {
    return parseManifest(text, file);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new EngineError('io', `${error.message}.`, 'Export the manifest again.');
  }
}

async function checkFolder(folder: string): Promise<void> {
  let isFolder = false;
  try {
    isFolder = (await stat(folder)).isDirectory();
  } catch (error) {
    throw new EngineError('io', `Cannot read the folder ${folder}: ${reasonOf(error)}.`);
  }
  if (!isFolder) {
    const hint = "Name the folder that the manifest's files lie in.";
    throw new EngineError('io', `${folder} is not a folder.`, hint);
  }
}

async function readManifest(file: string): Promise<string> {
  try {
    if ((await stat(file)).size <= MAX_MANIFEST_BYTES) return await readFile(file, 'utf8');
  } catch (error) {
    throw new EngineError('io', `Cannot read the manifest ${file}: ${reasonOf(error)}.`);
  }
  throw new EngineError('io', `${file} is larger than any manifest.`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return message;
}
