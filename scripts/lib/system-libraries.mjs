/** The system libraries that an Electron runtime needs, and Xvfb where there is no display. Linux only. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { installPackages, thisSystem } from './apt.mjs';
import { SetupError } from './log.mjs';
import { which } from './run.mjs';

/** The package that carries a library: its names, the one of Debian 12 and Ubuntu 22.04 first. */
const packageOf = {
  'libasound.so.2': ['libasound2', 'libasound2t64'],
  'libatk-1.0.so.0': ['libatk1.0-0', 'libatk1.0-0t64'],
  'libatk-bridge-2.0.so.0': ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
  'libatspi.so.0': ['libatspi2.0-0', 'libatspi2.0-0t64'],
  'libcairo.so.2': ['libcairo2'],
  'libcups.so.2': ['libcups2', 'libcups2t64'],
  'libdbus-1.so.3': ['libdbus-1-3'],
  'libdrm.so.2': ['libdrm2'],
  'libexpat.so.1': ['libexpat1'],
  'libgbm.so.1': ['libgbm1'],
  'libgdk-3.so.0': ['libgtk-3-0', 'libgtk-3-0t64'],
  'libgio-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libglib-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libgobject-2.0.so.0': ['libglib2.0-0', 'libglib2.0-0t64'],
  'libgtk-3.so.0': ['libgtk-3-0', 'libgtk-3-0t64'],
  'libnspr4.so': ['libnspr4'],
  'libnss3.so': ['libnss3'],
  'libnssutil3.so': ['libnss3'],
  'libpango-1.0.so.0': ['libpango-1.0-0'],
  'libpangocairo-1.0.so.0': ['libpangocairo-1.0-0'],
  'libsmime3.so': ['libnss3'],
  'libudev.so.1': ['libudev1'],
  'libX11.so.6': ['libx11-6'],
  'libX11-xcb.so.1': ['libx11-xcb1'],
  'libxcb.so.1': ['libxcb1'],
  'libxcb-dri3.so.0': ['libxcb-dri3-0'],
  'libXcomposite.so.1': ['libxcomposite1'],
  'libXcursor.so.1': ['libxcursor1'],
  'libXdamage.so.1': ['libxdamage1'],
  'libXext.so.6': ['libxext6'],
  'libXfixes.so.3': ['libxfixes3'],
  'libXi.so.6': ['libxi6'],
  'libxkbcommon.so.0': ['libxkbcommon0'],
  'libXrandr.so.2': ['libxrandr2'],
  'libXrender.so.1': ['libxrender1'],
  'libxshmfence.so.1': ['libxshmfence1'],
  'libXtst.so.6': ['libxtst6'],
};

/** Whether a window needs a virtual display here. */
export function needsVirtualDisplay(env = process.env, platform = process.platform) {
  return platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY;
}

/** Makes sure that the runtime in `folder` finds its libraries; installs what is missing. Returns the line to print. */
export async function ensureSystemLibraries(folder, system = thisSystem(), env = process.env) {
  if (process.platform !== 'linux') {
    return 'nothing to do on this system';
  }
  const wanted = packagesFor(await missingLibraries(folder, system));
  if (needsVirtualDisplay(env) && which('Xvfb') === undefined) {
    wanted.push(['xvfb']);
  }
  if (wanted.length === 0) {
    return 'all there';
  }
  await installPackages(wanted, 'Electron needs system libraries', system);
  const left = await missingLibraries(folder, system);
  if (left.length > 0) {
    throw new SetupError(
      `Electron still lacks ${left.join(', ')}`,
      'install the packages that carry these files and run the command again',
    );
  }
  return `installed ${wanted.map((names) => names[0]).join(' ')}`;
}

/** The libraries that the runtime's own binaries need and the system does not have, by name. */
async function missingLibraries(folder, system) {
  const own = readdirSync(folder).filter((name) => name === 'electron' || name.endsWith('.so'));
  const { output, stdout } = await system.run(
    'ldd',
    own.map((name) => path.join(folder, name)),
  );
  if (!stdout.includes('=>')) {
    throw new SetupError(
      'the libraries of the Electron runtime could not be listed',
      'install the program ldd (package libc-bin) and run the command again',
      output,
    );
  }
  const carried = new Set(readdirSync(folder));
  return parseLdd(stdout).filter((name) => !carried.has(name));
}

/** The names that ldd could not find. */
export function parseLdd(text) {
  return [...new Set([...text.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]))];
}

/** The packages that carry these libraries, each once; a library that is not known is an error that names it. */
export function packagesFor(libraries) {
  const unknown = libraries.filter((name) => packageOf[name] === undefined);
  if (unknown.length > 0) {
    throw new SetupError(
      `Electron needs ${unknown.join(', ')}, which this system does not have`,
      'install the package that carries it (apt-file search finds its name) and run the command again',
    );
  }
  const byName = new Map(libraries.map((name) => [packageOf[name][0], packageOf[name]]));
  return [...byName.values()];
}
