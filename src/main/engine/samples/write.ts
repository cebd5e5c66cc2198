import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bytesPerValue, encode } from './dtypes';
import {
  DEFAULT_SEED,
  DEFAULT_SIZE,
  SAMPLE_MARK,
  type SampleFamily,
  type SampleFile,
  sampleFamily,
} from './family';
import { BLOCK_VALUES } from './random';
import { blockMaker, type SampleTensor, valuesIn } from './weights';

export interface WriteSamplesOptions {
  /** Bytes that the family is to have; default about 50 MB. */
  readonly size?: number;
  readonly seed?: number;
  /** Stops between two writes; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Bytes present so far and in the end; files that were there already count as done. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Awaited before every write: how a job pauses. */
  readonly checkpoint?: () => Promise<void>;
}

export interface SamplesWritten {
  readonly family: SampleFamily;
  /** Paths written now, relative to the folder. */
  readonly written: readonly string[];
  /** Paths that were there already, complete. */
  readonly skipped: readonly string[];
}

/** A file that the samples did not make stands where a sample would go. Nothing was changed. */
export class ForeignFileError extends Error {
  override readonly name = 'ForeignFileError';
  constructor(readonly file: string) {
    super(
      `${file} is in the way: it was not written by the sample generator, so it is not replaced. Choose another folder, or move that file.`,
    );
  }
}

/**
 * Writes the sample family into `folder` (created if missing). A file appears under its name only
 * when complete; a complete one is left alone, so an interrupted run is continued by a second one.
 * Throws ForeignFileError before anything is written, or the system's error.
 */
export async function writeSamples(
  folder: string,
  options: WriteSamplesOptions = {},
): Promise<SamplesWritten> {
  const family = sampleFamily(options.size ?? DEFAULT_SIZE, options.seed ?? DEFAULT_SEED);
  const files = family.models.flatMap((model) => model.files);
  const missing = await filesToWrite(folder, files);
  let done = family.totalBytes - missing.reduce((sum, file) => sum + file.size, 0);
  const advance = async (bytes: number): Promise<void> => {
    done += bytes;
    options.onProgress?.(done, family.totalBytes);
    await options.checkpoint?.();
    options.signal?.throwIfAborted();
  };
  await advance(0);
  const buffers = new Buffers();
  for (const file of missing) await writeFile(folder, file, buffers, advance);
  const written = missing.map((file) => file.path);
  const skipped = files.filter((file) => !missing.includes(file)).map((file) => file.path);
  return { family, written, skipped };
}

async function filesToWrite(folder: string, files: readonly SampleFile[]): Promise<SampleFile[]> {
  const missing: SampleFile[] = [];
  for (const file of files) {
    const state = await stateOf(join(folder, file.path), file);
    if (state === 'foreign') throw new ForeignFileError(join(folder, file.path));
    if (state !== 'complete') missing.push(file);
  }
  return missing;
}

/**
 * What stands at a sample's path. `complete`: size, header and last block are the sample's (for a
 * sidecar: all of it); `stale`: a sample of another seed, size or version.
 */
async function stateOf(
  path: string,
  file: SampleFile,
): Promise<'missing' | 'foreign' | 'stale' | 'complete'> {
  const handle = await openExisting(path);
  if (handle === undefined) return 'missing';
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return 'foreign';
    const head = await readAt(handle, 0, 256);
    if (!head.includes(SAMPLE_MARK)) return 'foreign';
    if (stats.size !== file.size) return 'stale';
    for (const [offset, bytes] of evidence(file)) {
      const found = await readAt(handle, offset, bytes.length);
      if (!found.equals(bytes)) return 'stale';
    }
    return 'complete';
  } finally {
    await handle.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Parts of a file that tell whether it is the sample: [offset, bytes]. */
function evidence(file: SampleFile): readonly (readonly [number, Uint8Array])[] {
  if (file.kind === 'sidecar') return [[0, file.content]];
  const last = file.tensors.at(-1);
  if (last === undefined) return [[0, file.header]];
  const values = new Float32Array(BLOCK_VALUES);
  const count = blockMaker(last)(Math.ceil(valuesIn(last.shape) / BLOCK_VALUES) - 1, values);
  const bytes = new Uint8Array(count * bytesPerValue[last.dtype]);
  encode(values, count, last.dtype, bytes);
  return [
    [0, file.header],
    [file.size - bytes.length, bytes],
  ];
}

async function writeFile(
  folder: string,
  file: SampleFile,
  buffers: Buffers,
  advance: (bytes: number) => Promise<void>,
): Promise<void> {
  const target = join(folder, file.path);
  await mkdir(dirname(target), { recursive: true });
  await removeAbandoned(target);
  const temporary = temporaryName(target, process.pid);
  const handle = await open(temporary, 'w');
  try {
    try {
      const writer = new Writer(handle, buffers, advance);
      if (file.kind === 'sidecar') await writer.bytes(file.content);
      else await writeWeights(writer, file.header, file.tensors);
      await writer.finish();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeWeights(
  writer: Writer,
  header: Uint8Array,
  tensors: readonly SampleTensor[],
): Promise<void> {
  await writer.bytes(header);
  const values = new Float32Array(BLOCK_VALUES);
  for (const tensor of tensors) {
    const make = blockMaker(tensor);
    const blocks = Math.ceil(valuesIn(tensor.shape) / BLOCK_VALUES);
    for (let block = 0; block < blocks; block++) {
      const count = make(block, values);
      const room = await writer.room(count * bytesPerValue[tensor.dtype]);
      encode(values, count, tensor.dtype, room);
    }
  }
}

/** Two equal buffers: one is filled while the other is being written. */
class Buffers {
  readonly pair = [new Uint8Array(2 << 20), new Uint8Array(2 << 20)] as const;
}

/** Appends to a file through two buffers, with at most one write under way. */
class Writer {
  #current: 0 | 1 = 0;
  #used = 0;
  #pending: Promise<void> = Promise.resolve();

  constructor(
    readonly handle: FileHandle,
    readonly buffers: Buffers,
    readonly advance: (bytes: number) => Promise<void>,
  ) {}

  /** Space for the next `length` bytes (at most a buffer), to be filled before the next call. */
  async room(length: number): Promise<Uint8Array> {
    if (this.#used + length > this.buffers.pair[this.#current].length) await this.#flush();
    const room = this.buffers.pair[this.#current].subarray(this.#used, this.#used + length);
    this.#used += length;
    return room;
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    const step = 1 << 20;
    for (let at = 0; at < bytes.length; at += step) {
      const part = bytes.subarray(at, at + step);
      (await this.room(part.length)).set(part);
    }
  }

  async finish(): Promise<void> {
    await this.#flush();
    await this.#pending;
  }

  async #flush(): Promise<void> {
    const bytes = this.buffers.pair[this.#current].subarray(0, this.#used);
    await this.#pending;
    this.#pending = writeFully(this.handle, bytes);
    // A failure is thrown by the next await of #pending; this only keeps it from being "unhandled".
    this.#pending.catch(() => undefined);
    this.#current = this.#current === 0 ? 1 : 0;
    this.#used = 0;
    await this.advance(bytes.length);
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
}

const TEMPORARY_SUFFIX = '.tessera-sample';

function temporaryName(target: string, pid: number): string {
  return join(dirname(target), `.${basename(target)}.${pid}${TEMPORARY_SUFFIX}`);
}

/** Removes what a killed run left of this file. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `.${basename(target)}.`;
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix) || !name.endsWith(TEMPORARY_SUFFIX)) continue;
    const pid = Number(name.slice(prefix.length, -TEMPORARY_SUFFIX.length));
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) await rm(join(dirname(target), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
