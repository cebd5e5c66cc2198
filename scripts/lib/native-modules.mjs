/** The native modules: do they load and work in Node? */
import { root } from './paths.mjs';
import { capture } from './run.mjs';

/** One expression per module that makes it do real work. */
const trials = {
  'zstd-napi': "m.decompress(m.compress(Buffer.from('x'))).toString() === 'x'",
  '@photostructure/sqlite':
    "new m.DatabaseSync(':memory:').prepare('select 1 as one').get().one === 1",
  '@napi-rs/blake-hash': "m.blake3('x').length > 0",
  'fs-native-extensions': "typeof m.tryLock === 'function'",
};

/** The modules whose binary npm does not carry in the package, so that an install script must get or build it. */
export const builtModules = ['zstd-napi'];

/**
 * Loads every module in a process of its own: a binary made for another system may crash the one that loads it.
 * @returns {Promise<{name: string, output: string}[]>} those that do not work, with what was said
 */
export async function brokenModules(folder = root) {
  const results = await Promise.all(
    Object.entries(trials).map(async ([name, trial]) => {
      const code = `const m = require(${JSON.stringify(name)}); if (!(${trial})) throw new Error('wrong result');`;
      const result = await capture(process.execPath, ['-e', code], { cwd: folder });
      return { name, ...result };
    }),
  );
  return results
    .filter((result) => result.code !== 0)
    .map(({ name, output }) => ({ name, output }));
}
