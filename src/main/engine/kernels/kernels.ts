import { readFileSync } from 'node:fs';
import type { Chunker } from './chunker';

/** Memory that the kernels keep for themselves, at its beginning: tables and state. */
const RESERVED_BYTES = 65_536;
const PAGE_BYTES = 65_536;
/** The chunker's 16 bytes of state, behind the gear table that begins at 1024. */
const CHUNKER_STATE = 8192;

interface KernelExports {
  readonly nextCut: (state: number, data: number, length: number) => number;
}

export interface Kernels {
  /** The memory's bytes that are free for the caller's data. */
  readonly buffer: Uint8Array;
  /** Takes views of `buffer` only. One stretch of bytes at a time. */
  readonly chunker: Chunker;
}

/** Shared linear memory of a fixed size, for the kernels and `bufferBytes` of the caller's data. */
export function createKernelMemory(bufferBytes: number): WebAssembly.Memory {
  const pages = Math.ceil((RESERVED_BYTES + bufferBytes) / PAGE_BYTES);
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
  return {
    buffer: new Uint8Array(memory.buffer, RESERVED_BYTES),
    chunker: createChunker(exports, memory),
  };
}

function createChunker(kernels: KernelExports, memory: WebAssembly.Memory): Chunker {
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
  return 'nextCut' in exports && typeof exports.nextCut === 'function';
}
