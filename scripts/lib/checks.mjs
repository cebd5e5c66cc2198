/** The checks that need no build: format and lint, types, import edges, the lock file. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { breaches, readGraph } from './edges.mjs';
import { missingOptionals } from './lockfile.mjs';
import { say, since, step } from './log.mjs';
import { inModules, inRoot, root } from './paths.mjs';
import { capture } from './run.mjs';

/**
 * @typedef {{name: string, ok: boolean, state: string, output: string}} CheckResult
 * state: a few words for the step's line; output: what the tool said, for a failure.
 */

/** Runs every check, at the same time; the results come in a fixed order. @returns {Promise<CheckResult[]>} */
export function runChecks() {
  return Promise.all([
    timed('lint', () =>
      tool(['@biomejs', 'biome', 'bin', 'biome'], ['check', '--colors=off', '.']),
    ),
    timed('types', () =>
      tool(['typescript', 'bin', 'tsc'], ['-b', 'tsconfig.node.json', 'tsconfig.web.json']),
    ),
    timed('edges', checkEdges),
    timed('lock file', checkLock),
  ]);
}

/** Prints each result's line, and the beginning of the output of those that failed. */
export function printResults(results, limit = 80) {
  for (const { name, ok, state, output } of results) {
    step(name, state);
    const lines = ok ? [] : output.trimEnd().split('\n');
    for (const line of lines.slice(0, limit)) {
      say(line);
    }
    if (lines.length > limit) {
      say(`… and ${lines.length - limit} more lines`);
    }
  }
}

async function timed(name, check) {
  const start = performance.now();
  const output = await check().catch((error) => error.stack ?? String(error));
  const ok = output === '';
  return { name, ok, state: `${ok ? 'good' : 'FAILED'} (${since(start)})`, output };
}

/** Runs an npm package's program with this Node; returns its output when it fails, else ''. */
async function tool(where, args) {
  const { code, output } = await capture(process.execPath, [inModules(...where), ...args], {
    cwd: root,
  });
  return code === 0 ? '' : output || `exit code ${code}`;
}

/** Looks like TypeScript and is not. */
const assemblyScript = /^src\/main\/engine\/kernels\/assembly\//;

/** The import rules. Not one file read would mean that nothing is checked, so that is a failure too. */
async function checkEdges() {
  const rules = createRequire(import.meta.url)(inRoot('import-edges.cjs')).forbidden;
  const vite = await import(pathToFileURL(inModules('vite', 'dist', 'node', 'index.js')).href);
  const parse = (text, file) => {
    const { program, errors } = vite.parseSync(file, text);
    if (errors.length > 0) {
      throw new Error(`${file}: ${errors[0].message}`);
    }
    return program;
  };
  const graph = readGraph(root, 'src', parse, assemblyScript);
  return graph.size === 0
    ? 'no source file was found below src'
    : breaches(graph, rules).join('\n');
}

async function checkLock() {
  const file = inRoot('package-lock.json');
  const missing = existsSync(file) ? missingOptionals(JSON.parse(readFileSync(file, 'utf8'))) : [];
  return missing.length === 0
    ? ''
    : `${missing.length} packages of other platforms are missing, so npm ci refuses it: node scripts/complete-lock.mjs`;
}
