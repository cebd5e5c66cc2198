import { parseArgs } from 'node:util';
import { bases } from './bases';
import { codecs } from './codecs';
import { estimate } from './estimate';
import { fingerprint } from './fingerprint';
import type { BenchOptions } from './harness';
import { kernels } from './kernels';
import { open } from './open';
import { pairs } from './pairs';
import { pipeline } from './pipeline';
import { signatures } from './signatures';
import { similarity } from './similarity';
import { store } from './store';

const benchmarks: Record<string, (options: BenchOptions) => Promise<void>> = {
  bases,
  codecs,
  estimate,
  fingerprint,
  kernels,
  open,
  pairs,
  pipeline,
  similarity,
  signatures,
  store,
};

const usage = `usage: npm run bench [-- NAME… [--rounds N] [--size 2GB] [--folder DIR]]
NAME: ${Object.keys(benchmarks).join(', ')} (default: all)
--folder keeps the generated models there and finds them again`;

/** `2GB`, `500MB`, `1000000`: bytes, decimal units. Throws RangeError for anything else. */
function parseSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]B)?$/.exec(text) ?? [];
  const bytes = Number(digits) * ({ kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }[unit] ?? 1);
  if (digits !== '' && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RangeError(`size: expected a number with kB, MB, GB or TB, found ${text}`);
}

function parse(): { names: string[]; options: BenchOptions } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      root: { type: 'string', default: process.cwd() },
      rounds: { type: 'string', default: '7' },
      size: { type: 'string', default: '2GB' },
      folder: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError('rounds: expected 1 or more');
  const unknown = positionals.find((name) => !(name in benchmarks));
  if (unknown !== undefined) throw new RangeError(`no benchmark is called ${unknown}`);
  const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
  const { root, folder } = values;
  return { names, options: { root, rounds, folder, size: parseSize(values.size) } };
}

try {
  const { names, options } = parse();
  for (const name of names) {
    console.log(`\n== ${name} ==`);
    await benchmarks[name]?.(options);
  }
} catch (error) {
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? `${error.message}\n${usage}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
