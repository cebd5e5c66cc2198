import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';
import type {
  Manifest,
  ManifestFile,
  ManifestFragment,
  ManifestTensor,
} from '../../../shared/domain';
import { MAX_FRAGMENT_BYTES } from '../fragments/cut';
import type { ManifestCheck, ManifestFinding } from '../protocol';
import { unsafeFilePath } from './paths';
import { structureFindings } from './structure';

/** Differences told one by one per file; the rest are counted. */
const MAX_FINDINGS = 100;

export interface VerifyOptions {
  /** Ends the work; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Compares the files below `folder` with a manifest, byte for byte: sizes, every fragment, every
 * tensor, the SHA-256 of every file, and that the manifest fits together. Read only; holds one
 * window of 4 MiB. Links are followed, as they are when models are opened; other files in the
 * folder do not matter. Damage of any kind is a finding, never a throw.
 */
export async function verifyManifest(
  manifest: Manifest,
  folder: string,
  options: VerifyOptions = {},
): Promise<ManifestCheck> {
  const structure = structureFindings(manifest);
  const broken = new Set(structure.map(({ file }) => file));
  const findings = [...structure];
  const total = manifest.files.reduce((sum, file) => sum + file.size, 0);
  let bytes = 0;
  const advance = (count: number): void => {
    bytes += count;
    options.signal?.throwIfAborted();
    options.onProgress?.(bytes, total);
  };
  for (const [index, file] of manifest.files.entries()) {
    if (unsafeFilePath(file.path) !== undefined) continue;
    const work: FileWork = {
      file,
      path: join(folder, ...file.path.split('/')),
      tensors: broken.has(file.path) ? undefined : manifest.tensors,
      index,
      advance,
    };
    findings.push(...limited(file.path, await checkFile(work)));
  }
  return { files: manifest.files.length, bytes, findings };
}

interface FileWork {
  readonly file: ManifestFile;
  readonly path: string;
  /** Undefined where segments do not fit together: then only size and SHA-256 are compared. */
  readonly tensors: readonly ManifestTensor[] | undefined;
  readonly index: number;
  readonly advance: (bytes: number) => void;
}

function limited(file: string, findings: readonly ManifestFinding[]): readonly ManifestFinding[] {
  const more = findings.length - MAX_FINDINGS;
  if (more <= 0) return findings;
  const rest = { file, expected: 'no further difference', found: `${more} more` };
  return [...findings.slice(0, MAX_FINDINGS), rest];
}

async function checkFile(work: FileWork): Promise<ManifestFinding[]> {
  const { file, path } = work;
  if (process.platform === 'win32' && file.path.includes(':')) {
    return [{ file: file.path, expected: 'a file name of this system', found: 'a colon in it' }];
  }
  let handle: FileHandle | undefined;
  try {
    // A FIFO must not block the open; regular files ignore the flag.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) {
      return [{ file: file.path, expected: 'a regular file', found: 'something else' }];
    }
    if (stats.size !== file.size) {
      return [{ file: file.path, expected: `${file.size} bytes`, found: `${stats.size} bytes` }];
    }
    return await checkContent(handle, work);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const found = code === 'ENOENT' ? 'no such file' : `it cannot be read (${code})`;
    return [{ file: file.path, expected: 'a readable file', found }];
  } finally {
    await handle?.close();
  }
}

function systemCode(error: unknown): string | undefined {
  if (error instanceof EndOfFile) return 'it became shorter';
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

async function checkContent(handle: FileHandle, work: FileWork): Promise<ManifestFinding[]> {
  const { file, tensors } = work;
  const findings: ManifestFinding[] = [];
  const sha = createHash('sha256');
  const window = new Window(handle);
  const pass = async (range: Range): Promise<Uint8Array> => {
    const bytes = await window.read(range.offset, range.length);
    sha.update(bytes);
    work.advance(range.length);
    return bytes;
  };
  const compare: Compare = (what, range, want, found) => {
    if (found === want) return;
    const expected = `${what} ${want} (${range.length} bytes)`;
    findings.push({ file: file.path, offset: range.offset, expected, found });
  };
  /** Hashes of the tensors read so far: one tied to another needs no second reading. */
  const hashes = new Map<string, string>();
  if (tensors === undefined) for (const piece of pieces(0, file.size)) await pass(piece);
  else await checkSegments(file, tensors, hashes, pass, compare);
  const digest = sha.digest('hex');
  if (digest !== file.sha256) {
    findings.push({ file: file.path, expected: `SHA-256 ${file.sha256}`, found: digest });
  }
  for (const tensor of (tensors ?? []).filter((one) => isView(one, work.index))) {
    const hash = hashes.get(rangeKey(tensor)) ?? (await hashOf(window, tensor, work.advance));
    hashes.set(rangeKey(tensor), hash);
    compare('tensor', tensor, tensor.hash, hash);
  }
  return findings;
}

type Range = Pick<ManifestFragment, 'offset' | 'length'>;
type Compare = (what: string, range: Range, want: string, found: string) => void;

/** One pass over the file: every fragment, and every tensor that a segment names. */
async function checkSegments(
  { segments }: ManifestFile,
  tensors: readonly ManifestTensor[],
  hashes: Map<string, string>,
  pass: (range: Range) => Promise<Uint8Array>,
  compare: Compare,
): Promise<void> {
  for (const segment of segments) {
    const tensor = segment.kind === 'tensor' ? tensors[segment.tensor] : undefined;
    const fragments = segment.kind === 'bytes' ? segment.fragments : (tensor?.fragments ?? []);
    const whole = new Blake3Hasher();
    for (const fragment of fragments) {
      const bytes = await pass(fragment);
      compare('fragment', fragment, fragment.id, blake3(bytes).toString('hex'));
      if (tensor !== undefined) whole.update(bytes);
    }
    if (tensor === undefined) continue;
    const hash = whole.digest('hex');
    hashes.set(rangeKey(tensor), hash);
    compare('tensor', tensor, tensor.hash, hash);
  }
}

/** Whether it is one of the file's tensors that no segment names: tied, overlapping or empty. */
function isView(tensor: ManifestTensor, file: number): boolean {
  return tensor.file === file && tensor.fragments.length === 0;
}

async function hashOf(
  window: Window,
  tensor: ManifestTensor,
  advance: (bytes: number) => void,
): Promise<string> {
  const whole = new Blake3Hasher();
  for (const { offset, length } of pieces(tensor.offset, tensor.length)) {
    whole.update(await window.read(offset, length));
    advance(0);
  }
  return whole.digest('hex');
}

const rangeKey = ({ offset, length }: ManifestTensor) => `${offset}:${length}`;

function* pieces(offset: number, length: number): Generator<Range> {
  for (let at = 0; at < length; at += MAX_FRAGMENT_BYTES) {
    yield { offset: offset + at, length: Math.min(MAX_FRAGMENT_BYTES, length - at) };
  }
}

class EndOfFile extends Error {}

/** Reads ranges of at most a fragment, ahead in large steps where they follow each other. */
class Window {
  readonly #buffer = Buffer.allocUnsafe(4 * MAX_FRAGMENT_BYTES);
  #start = 0;
  #length = 0;

  constructor(private readonly handle: FileHandle) {}

  /** Exactly these bytes, valid until the next read. Rejects when the file ends before them. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#start || offset + length > this.#start + this.#length) {
      this.#start = offset;
      this.#length = 0;
      while (this.#length < length) {
        const room = this.#buffer.length - this.#length;
        const position = offset + this.#length;
        const { bytesRead } = await this.handle.read(this.#buffer, this.#length, room, position);
        if (bytesRead === 0) throw new EndOfFile();
        this.#length += bytesRead;
      }
    }
    const at = offset - this.#start;
    return this.#buffer.subarray(at, at + length);
  }
}
