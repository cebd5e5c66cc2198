/** The official build of Electron: downloaded by the electron package's own tools, checked against its checksums. */

import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inModules } from './paths.mjs';
import { unzip } from './zip.mjs';

/** How long the server may stay silent: before the first byte, and between two later ones. Milliseconds. */
const connectLimit = 10_000;
const stallLimit = 30_000;

/** Downloads and unpacks a version into `folder`, whole or not at all. Throws with a short reason. */
export async function downloadOfficial(version, folder) {
  const archive = await fetchArchive(version);
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    await unzip(archive, temporary);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The archive's path; taken from Electron's own download cache when another project has it already. */
async function fetchArchive(version) {
  const { downloadArtifact } = await import(
    pathToFileURL(inModules('@electron', 'get', 'dist', 'index.js')).href
  );
  const watch = watchdog();
  try {
    return await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: JSON.parse(readFileSync(inModules('electron', 'checksums.json'), 'utf8')),
      downloadOptions: { quiet: true, signal: watch.signal, getProgressCallback: watch.progress },
    });
  } catch (error) {
    throw new Error(watch.signal.aborted ? 'the server does not answer' : shortReason(error));
  } finally {
    watch.stop();
  }
}

/** A signal that aborts when nothing arrives for too long. */
function watchdog() {
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), connectLimit);
  const stop = () => clearTimeout(timer);
  const progress = async () => {
    stop();
    timer = setTimeout(() => controller.abort(), stallLimit);
  };
  return { signal: controller.signal, progress, stop };
}

/** The innermost cause in a few words: an error code where there is one. */
export function shortReason(error) {
  const cause = error?.cause;
  return cause?.code ?? cause?.message ?? error?.message?.split('\n')[0] ?? String(error);
}
