import type { Problem } from '../../../shared/domain';

/** A fingerprinted file: where it is, and the SHA-256 of its bytes (hex, or 32 bytes). */
export interface DigestedFile {
  readonly realPath: string;
  readonly sha256: string | Uint8Array;
}

/** `…/models--org--name/blobs/<64 hex>`; Git's own blobs are named by 40 digits of another hash. */
const hubBlob = /\/(?:models|datasets|spaces)--[^/]+\/blobs\/([0-9a-f]{64})$/;
/** `…/blobs/sha256-<64 hex>`; some systems' stores use a colon. */
const ollamaBlob = /\/blobs\/sha256[-:]([0-9a-f]{64})$/;

/**
 * Blobs of Hugging Face caches and Ollama stores whose name is not the SHA-256 of what they hold;
 * each physical path once, in the order given. Files that are named otherwise are passed over, and
 * so are the Hugging Face blobs that are named by a Git object id (40 digits): that hash is not
 * among the fingerprints.
 */
export function wrongDigests(files: Iterable<DigestedFile>): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { realPath, sha256 } of files) {
    const blob = namedDigest(realPath);
    if (blob === undefined || seen.has(realPath)) continue;
    seen.add(realPath);
    const found = hexOf(sha256);
    if (found !== blob.digest) problems.push(wrongDigest(realPath, blob, found));
  }
  return problems;
}

interface NamedBlob {
  readonly digest: string;
  readonly store: 'Hugging Face' | 'Ollama';
}

function namedDigest(path: string): NamedBlob | undefined {
  const text = path.replaceAll('\\', '/');
  const ollama = ollamaBlob.exec(text)?.[1];
  if (ollama !== undefined) return { digest: ollama, store: 'Ollama' };
  const hub = hubBlob.exec(text)?.[1];
  return hub === undefined ? undefined : { digest: hub, store: 'Hugging Face' };
}

function hexOf(sha256: string | Uint8Array): string {
  return typeof sha256 === 'string' ? sha256.toLowerCase() : Buffer.from(sha256).toString('hex');
}

function wrongDigest(file: string, { digest, store }: NamedBlob, found: string): Problem {
  return {
    file,
    kind: 'wrong-digest',
    error: `This ${store} blob is named by its SHA-256, and holds something else: it was damaged or changed.`,
    expected: `SHA-256 ${digest}`,
    found: `SHA-256 ${found}`,
    hint: 'Do not use it: delete it and download the model again.',
  };
}
