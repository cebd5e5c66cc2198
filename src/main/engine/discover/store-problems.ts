import type { Problem } from '../../../shared/domain';

/** The finding for a blob that nothing in its store refers to. */
export function orphan(file: string, bytes: number, why: string, caution?: string): Problem {
  return {
    file,
    kind: 'orphan',
    error: why,
    bytes,
    hint: caution ?? 'If you do not need it, deleting it frees its space; nothing else uses it.',
  };
}

/** The finding for a ref of a Hugging Face repository whose snapshot is not there. */
export function refToNothing(file: string, name: string, revision: string): Problem {
  return {
    file,
    kind: 'store',
    error: `The ref ${name} names the revision ${revision}, of which there is no snapshot.`,
    expected: `a folder snapshots/${revision}`,
    found: 'none',
    hint: 'Download the model again, or delete this ref.',
  };
}

/** The finding for a blob whose size is not what its manifest says. */
export function wrongSize(file: string, expected: number, found: number, name: string): Problem {
  return {
    file,
    kind: 'store',
    error: `The manifest of ${name} says that this blob has ${expected} bytes; it has ${found}.`,
    expected: `${expected} bytes`,
    found: `${found} bytes`,
    hint: `Pull ${name} again: this blob is damaged or was not finished.`,
  };
}

/** The finding for blobs that a manifest names and that are not there. `file`: the first of them. */
export function missingBlobs(
  file: string,
  missing: readonly string[],
  total: number,
  name: string,
  instead: string | undefined,
): Problem {
  const what = missing.length === 1 ? 'One blob is' : `${missing.length} blobs are`;
  return {
    file,
    kind: 'missing-shard',
    error: `${what} missing of the ${total} that the manifest of ${name} names.`,
    expected: `${total} blobs`,
    found: instead ?? `${total - missing.length} blobs`,
    hint: `Pull ${name} again; until then it is shown with what is there.`,
  };
}
