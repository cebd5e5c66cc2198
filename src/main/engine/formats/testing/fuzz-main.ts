import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type FuzzTarget, fuzzTargets } from './fuzz';
import { type FuzzResult, fuzzRun } from './fuzz-run';

/* The program behind `npm run fuzz`. Exit code 1: a crash or a hang. */

const usage = `usage: npm run fuzz [-- --format NAME… --count 100000 --seed N --parallel N]
NAME: ${fuzzTargets.join(', ')} (default: all; zip and stream are PyTorch's)`;

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${name}: expected a whole number above 0, found ${text}`);
}

function parse() {
  const { values } = parseArgs({
    options: {
      format: { type: 'string', multiple: true },
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      parallel: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    },
  });
  const targets = (values.format ?? fuzzTargets).map((name) => {
    const target = fuzzTargets.find((one) => one === name);
    if (target === undefined) throw new RangeError(`no format is called ${name}`);
    return target;
  });
  const count = whole('count', values.count);
  const parallel = whole('parallel', values.parallel);
  return { targets, count, parallel, seed: whole('seed', values.seed) };
}

const widths = [12, 9, 9, 9, 9, 8, 7, 10, 9];
const line = (cells: readonly (string | number)[]): string =>
  cells.map((cell, at) => String(cell)[at === 0 ? 'padEnd' : 'padStart'](widths[at] ?? 9)).join('');

function row({ target, mutants, counts, findings, worstMilliseconds, seconds }: FuzzResult) {
  const found = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  const { refused, accepted, opaque } = counts;
  const worst = worstMilliseconds.toFixed(0);
  const crashes = found('crash');
  return [
    target,
    mutants,
    refused,
    accepted,
    opaque,
    crashes,
    found('hang'),
    worst,
    seconds.toFixed(0),
  ];
}

async function main(): Promise<number> {
  const { targets, ...options } = parse();
  const workerFile = new URL('./fuzz-worker.js', import.meta.url);
  const head = ['format', 'mutants', 'refused', 'accepted', 'opaque', 'crashes', 'hangs'];
  console.log(line([...head, 'worst ms', 'seconds']));
  let findings = 0;
  for (const target of targets satisfies readonly FuzzTarget[]) {
    const result = await fuzzRun({ target, workerFile, ...options });
    console.log(line(row(result)));
    for (const { kind, index, reason, file } of result.findings.slice(0, 20)) {
      console.log(`  ${kind} at mutant ${index}, kept in ${file}:\n  ${reason}`);
    }
    findings += result.findings.length;
  }
  return findings === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? `${error.message}\n${usage}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
