import { readFileSync } from 'node:fs';
import type { Chunker } from './chunker';
import { type CodecExports, codecExports } from './codec-exports';
import { type MeasureExports, measureExports } from './measure-exports';
import { type RansExports, ransExports } from './rans-exports';
import { type SketchExports, sketchExports, type ValueExports } from './sketch-exports';

/** Memory that the kernels keep for themselves, at its beginning: state and tables. */
const RESERVED_BYTES = 65_536;
/** Memory behind it that signing works in; the rest is the caller's. */
export const SCRATCH_BYTES = 3 * 65_536;
const PAGE_BYTES = 65_536;
/** The chunker's 16 bytes of state: the first KiB is for such state, tables begin behind it. */
const CHUNKER_STATE = 64;

/** The chunker's function; addresses are bytes in the kernels' memory. */
interface ChunkExports {
  readonly nextCut: (state: number, data: number, length: number) => number;
  /** Of everything that the kernels keep at the memory's beginning. */
  readonly tablesEnd: () => number;
}

/** Everything that `kernels.wasm` exports. */
export type KernelExports = ChunkExports &
  ValueExports &
  SketchExports &
  MeasureExports &
  CodecExports &
  RansExports;

export interface Kernels {
  /** The memory's bytes that are free for the caller's data. */
  readonly buffer: Uint8Array;
  /** SCRATCH_BYTES for signing; apart from `buffer`. */
  readonly scratch: Uint8Array;
  /** Takes views of `buffer` only. One stretch of bytes at a time. */
  readonly chunker: Chunker;
  /** Addresses that it takes are byte offsets in `buffer.buffer`: `view.byteOffset`. */
  readonly exports: KernelExports;
}

/** Shared linear memory of a fixed size, for the kernels and `bufferBytes` of the caller's data. */
export function createKernelMemory(bufferBytes: number): WebAssembly.Memory {
  const pages = Math.ceil((RESERVED_BYTES + SCRATCH_BYTES + bufferBytes) / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/**
 * Compiles and starts the kernels on `memory`, one set per memory. `file` is `kernels.wasm`, which
 * the build puts beside the worker. Throws if the file cannot be read or is not the kernels.
 */
export function loadKernels(memory: WebAssembly.Memory, file: string | URL): Kernels {
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!hasKernels(exports)) throw new TypeError(`${file}: expected the kernels' exports`);
  if (exports.tablesEnd() > RESERVED_BYTES) {
    throw new RangeError(`${file}: expected tables of at most ${RESERVED_BYTES} bytes`);
  }
  return {
    buffer: new Uint8Array(memory.buffer, RESERVED_BYTES + SCRATCH_BYTES),
    scratch: new Uint8Array(memory.buffer, RESERVED_BYTES, SCRATCH_BYTES),
    chunker: createChunker(exports, memory),
    exports,
  };
}

function createChunker(kernels: ChunkExports, memory: WebAssembly.Memory): Chunker {
  const state = new Uint8Array(memory.buffer, CHUNKER_STATE, 16);
  return {
    reset: () => {
      state.fill(0);
    },
    next: (bytes) => {
      if (bytes.buffer !== memory.buffer)
        throw new RangeError('expected a view of the kernels’ memory');
      return kernels.nextCut(CHUNKER_STATE, bytes.byteOffset, bytes.length);
    },
  };
}

function hasKernels(exports: object): exports is KernelExports {
  const found = exports as Readonly<Record<string, unknown>>;
  const own = ['nextCut', 'tablesEnd', ...sketchExports];
  return [...own, ...measureExports, ...codecExports, ...ransExports].every(
    (name) => typeof found[name] === 'function',
  );
}
