/** Installing system packages with apt: done at once as root, otherwise the user is told the one command. */
import { readFileSync } from 'node:fs';
import { SetupError, say } from './log.mjs';
import { compareVersions } from './node-version.mjs';
import { capture, which } from './run.mjs';

/**
 * @typedef {{isRoot: boolean, hasApt: boolean, hasT64: boolean, run: typeof capture}} System
 * What the functions here know of the machine; tests pass their own. hasT64: libraries carry the newer names.
 */

/** @returns {System} */
export function thisSystem() {
  return {
    isRoot: process.getuid?.() === 0,
    hasApt: which('apt-get') !== undefined,
    hasT64: usesT64(),
    run: (command, args, options = {}) =>
      capture(command, args, { ...options, env: { ...process.env, ...options.env, LC_ALL: 'C' } }),
  };
}

/** Whether this release renamed its libraries for 64-bit time (Debian 13, Ubuntu 24.04 and later). */
export function usesT64(osRelease = readOsRelease()) {
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const since = { debian: '13', ubuntu: '24.4' }[field('ID')];
  return since !== undefined && compareVersions(field('VERSION_ID') || '99', since) >= 0;
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Installs packages. Each entry lists the names that one package goes by, the oldest first: what is `libgtk-3-0` in
 * Debian 12 is `libgtk-3-0t64` in Ubuntu 24.04. The package lists are fetched only when a name is not found without.
 * @param {string[][]} packages
 * @param {string} purpose what they are for, in the words of a sentence
 * @param {System} system
 */
export async function installPackages(packages, purpose, system = thisSystem()) {
  if (!system.hasApt) {
    throw new SetupError(
      `${purpose}: these are missing here, and there is no apt-get to install them with`,
      `install what your system calls ${packages.map((names) => names[0]).join(', ')}`,
    );
  }
  if (!system.isRoot) {
    const names = await chooseNames(packages, system).then(orUsual(packages, system));
    throw new SetupError(
      `${purpose}: system packages are missing, and installing them needs root`,
      `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
    );
  }
  let names = await chooseNames(packages, system);
  if (names.includes(undefined)) {
    await apt(['update'], system);
    names = await chooseNames(packages, system);
  }
  await install(orUsual(packages, system)(names), system);
}

/** Fills in, for the packages that apt does not know yet, the name they have in this release. */
function orUsual(packages, system) {
  return (names) => names.map((name, i) => name ?? packages[i].at(system.hasT64 ? -1 : 0));
}

/** Installs, once more after an update if the lists turn out to be out of date. */
async function install(names, system) {
  say(`installing ${names.join(' ')} …`);
  const args = ['install', '-y', '--no-install-recommends', ...names];
  if ((await run(args, system)).code !== 0) {
    await apt(['update'], system);
    await apt(args, system);
  }
}

/** For each package the first of its names that apt can install, or undefined. */
async function chooseNames(packages, system) {
  const { stdout } = await system.run('apt-cache', ['policy', ...packages.flat()]);
  const installable = parsePolicy(stdout);
  return packages.map((names) => names.find((name) => installable.has(name)));
}

/** The packages in `apt-cache policy` output that have a candidate. */
export function parsePolicy(text) {
  const found = new Set();
  let name = '';
  for (const line of text.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name;
    const candidate = /^\s+Candidate: (\S+)/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)') {
      found.add(name);
    }
  }
  return found;
}

/** Runs apt-get without questions, waiting for another apt that is at work. */
function run(args, system) {
  return system.run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-q', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function apt(args, system) {
  const { code, output } = await run(args, system);
  if (code !== 0) {
    throw new SetupError(
      `apt-get ${args[0]} failed`,
      `see what apt says above, then try it by hand: apt-get ${args.join(' ')}`,
      output.split('\n').slice(-15).join('\n'),
    );
  }
}
