/** Runs the test runners on this terminal, and counts what their JSON reports say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inModules, root } from './paths.mjs';
import { countPlaywright, countVitest, judge } from './reports.mjs';
import { passThrough } from './run.mjs';
import { readStamp } from './stamp.mjs';
import { withDisplay } from './xvfb.mjs';

/** The unit tests. @param {string[]} filters names of test files, all when empty */
export function runVitest(filters = []) {
  return withReport('vitest', countVitest, (file) =>
    passThrough(
      process.execPath,
      [
        inModules('vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
        ...filters,
      ],
      { cwd: root },
    ),
  );
}

/** The end-to-end tests, in the given runtime, on a virtual display if there is no other. */
export function runPlaywright(runtime, needsDisplay, filters = []) {
  return withReport('playwright', countPlaywright, (file) =>
    withDisplay(needsDisplay, (env) =>
      passThrough(
        process.execPath,
        [inModules('@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json', ...filters],
        {
          cwd: root,
          env: {
            ...env,
            PLAYWRIGHT_JSON_OUTPUT_FILE: file,
            TESSERA_ELECTRON_FOLDER: runtime.folder,
          },
        },
      ),
    ),
  );
}

/** Gives the runner a file for its report, in a folder that goes away afterwards. */
async function withReport(name, count, run) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-report-'));
  try {
    const file = path.join(folder, 'report.json');
    const exitCode = await run(file);
    return judge(name, readStamp(file), exitCode, count);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
