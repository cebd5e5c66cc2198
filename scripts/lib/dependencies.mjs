/**
 * The npm packages: installed from the lock file when that changed, and the native ones seen to work.
 *
 * Install scripts of packages are not run, save those of `builtModules`, one by one: so nothing is downloaded behind
 * npm's back, and a missing compiler is found at the one step that needs it.
 */
import { readFileSync } from 'node:fs';
import { isInstalled, missingOptionals } from './lockfile.mjs';
import { SetupError, say, since } from './log.mjs';
import { brokenModules, builtModules } from './native-modules.mjs';
import { headersFolder } from './node-version.mjs';
import { inModules, inRoot, root } from './paths.mjs';
import { capture } from './run.mjs';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';
import { ensureToolchain, missingTools } from './toolchain.mjs';

const stampFile = inModules('.tessera-installed.json');

/** What an installed tree is good for: this lock file, this Node ABI, this platform. */
function stampOfNow() {
  return {
    lock: hashOf(root, ['package-lock.json']),
    abi: process.versions.modules,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Whether the packages were installed and checked for what is here now. */
export function isInstalledNow(stamp = stampOfNow()) {
  const last = readStamp(stampFile);
  return last !== undefined && JSON.stringify(last) === JSON.stringify(stamp);
}

/** Installs what is needed. Returns the line to print. */
export async function ensureDependencies() {
  const stamp = stampOfNow();
  if (isInstalledNow(stamp)) {
    return 'up to date';
  }
  const start = performance.now();
  const installed = await installPackages();
  await ensureNativeModules();
  writeStamp(stampFile, stamp);
  return installed ? `installed in ${since(start)}` : 'up to date (checked)';
}

/** Runs `npm ci`, unless npm's own record says that the tree already is what the lock file asks for. */
async function installPackages() {
  const lock = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  if (isInstalled(lock, readStamp(inModules('.package-lock.json')))) {
    return false;
  }
  if (missingOptionals(lock).length > 0) {
    throw new SetupError('package-lock.json is incomplete', 'node scripts/complete-lock.mjs');
  }
  say('installing the npm packages (npm ci) …');
  const { code, output } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  if (code !== 0) {
    throw new SetupError(
      'npm ci failed',
      'see what npm says above; without a connection to the npm registry it cannot go on',
      lastLines(output),
    );
  }
  return true;
}

/** Builds the modules that need it, installing a compiler only if the build failed without one. */
async function ensureNativeModules() {
  const broken = await brokenModules();
  const toBuild = broken.map(({ name }) => name).filter((name) => builtModules.includes(name));
  for (const name of toBuild) {
    await buildModule(name);
  }
  const left = broken.length === 0 ? [] : await brokenModules();
  if (left.length > 0) {
    throw new SetupError(
      `${left.map(({ name }) => name).join(', ')} cannot be loaded`,
      'delete the folder node_modules and run the command again; if that does not help, this platform has no binary',
      left.map(({ output }) => lastLines(output)).join('\n'),
    );
  }
}

async function buildModule(name) {
  const tools = missingTools();
  say(`getting or building ${name} …`);
  let result = await npm(['rebuild', name]);
  if (result.code !== 0 && tools.length > 0) {
    await ensureToolchain(tools);
    result = await npm(['rebuild', name]);
  }
  if (result.code !== 0) {
    throw new SetupError(
      `${name} could not be built`,
      'see the compiler output above; Node headers are looked for in npm_config_nodedir (now ' +
        `${headersFolder() ?? 'not set: they are downloaded'})`,
      lastLines(result.output),
    );
  }
}

/** Runs npm in the repository, with Node's headers taken from Node's own folder and no Electron download. */
function npm(args) {
  const headers = headersFolder();
  const env = {
    ...process.env,
    ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
    ...(headers === undefined ? {} : { npm_config_nodedir: headers }),
  };
  return capture('npm', [...args, '--loglevel=error'], { cwd: root, env });
}

function lastLines(text, count = 25) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
