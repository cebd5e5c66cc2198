/** Compiles the kernels, which are written in AssemblyScript, to WebAssembly. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './log.mjs';
import { inModules, inRoot, root } from './paths.mjs';
import { capture } from './run.mjs';

const folder = 'src/main/engine/kernels/assembly';

/** Writes main/kernels.wasm below `out`; does nothing while there is no kernel source. */
export async function buildKernels(out = inRoot('out')) {
  if (!existsSync(inRoot(folder, 'index.ts'))) {
    return false;
  }
  mkdirSync(path.join(out, 'main'), { recursive: true });
  const { code, output } = await capture(
    process.execPath,
    [
      inModules('assemblyscript', 'bin', 'asc.js'),
      ...['--config', `${folder}/asconfig.json`, '--target', 'release'],
      ...['--outFile', path.relative(root, path.join(out, 'main', 'kernels.wasm'))],
    ],
    { cwd: root },
  );
  if (code !== 0) {
    throw new SetupError(
      'the kernels do not compile',
      `fix the sources in ${folder}; the compiler's words are above`,
      output,
    );
  }
  return true;
}
