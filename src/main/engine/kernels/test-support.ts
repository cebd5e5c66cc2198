import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKernelMemory, type Kernels, loadKernels } from './kernels';

/*
 * Tests and benchmarks run what ships: the WebAssembly and, in a real thread, the bundled worker.
 * Each is built once per state of its sources, into a cache inside node_modules, where the built
 * worker finds its packages.
 */

const here = import.meta.dirname;
const assembly = join(here, 'assembly');
const modules = join(here, '../../../../node_modules');
const cache = join(modules, '.cache/tessera-kernels');

/** Path of `kernels.wasm`, compiled with the build's flags. */
export function compiledKernels(): string {
  const folder = buildOnce('wasm', [assembly], (out) => {
    const config = join(assembly, 'asconfig.json');
    const source = join(assembly, 'index.ts');
    const file = join(out, 'kernels.wasm');
    run('assemblyscript/bin/asc.js', [
      source,
      '--config',
      config,
      '--target',
      'release',
      '-o',
      file,
    ]);
  });
  return join(folder, 'kernels.wasm');
}

/** Path of the kernel worker's built entry; `kernels.wasm` lies beside it. */
export function builtWorker(): string {
  const sources = [here, assembly, join(here, '../fragments'), join(here, '../codecs')];
  const folder = buildOnce('worker', sources, (out) => {
    const entry = join(here, 'worker.ts');
    run('vite/bin/vite.js', [
      'build',
      here,
      '--logLevel',
      'warn',
      '--ssr',
      entry,
      '--outDir',
      out,
      '--emptyOutDir',
    ]);
    renameSync(join(out, 'worker.js'), join(out, 'worker.mjs'));
    copyFileSync(compiledKernels(), join(out, 'kernels.wasm'));
  });
  return join(folder, 'worker.mjs');
}

/** The compiled kernels on a memory of their own. */
export function testKernels(bufferBytes: number): Kernels {
  return loadKernels(createKernelMemory(bufferBytes), compiledKernels());
}

/**
 * An empty folder for sparse files, in memory where the system has such a file system: holes read
 * several times faster there than from a disk's, and the page cache stays as it was.
 */
export function sparseFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tessera-test-'));
}

/** A folder that `build` filled for the present sources; safe when several processes ask at once. */
function buildOnce(name: string, folders: string[], build: (out: string) => void): string {
  const target = join(cache, `${name}-${hashOf(folders)}`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, 'building-'));
  try {
    build(out);
    renameSync(out, target);
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function hashOf(folders: string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile() || entry.name.includes('.test.')) continue;
      hash.update(`${entry.name}\0`).update(readFileSync(join(folder, entry.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function run(program: string, options: string[]): void {
  execFileSync(process.execPath, [join(modules, program), ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
