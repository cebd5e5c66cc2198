/**
 * Runs inside the fallback Electron runtime as its `resources/app`, in place of the default app that this build lacks.
 * `electron [switches] <folder or file> [arguments]` thus loads that folder's package, as the official build does:
 * name, version and path are taken from its package.json, preload modules (-r) are loaded first, and because this file
 * waits for the import, the app's code runs before Electron is ready.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** The preload modules and the first argument that is neither a switch nor a switch's value. */
function parse(args) {
  const modules = [];
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '-r' || args[i] === '--require') {
      i += 1;
      modules.push(args[i]);
    } else if (!args[i].startsWith('-')) {
      return { modules, target: args[i] };
    }
  }
  return { modules, target: undefined };
}

/** Takes name, version and path from the package, and returns the file to load. */
function adopt(folder) {
  const file = path.join(folder, 'package.json');
  const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const name = manifest.productName ?? manifest.name;
  if (manifest.version) {
    app.setVersion(manifest.version);
  }
  if (name) {
    app.setName(name);
  }
  app.setDesktopName(manifest.desktopName ?? `${app.name}.desktop`);
  app.setAppPath(folder);
  return path.join(folder, manifest.main ?? 'index.js');
}

async function run() {
  const { modules, target } = parse(process.argv.slice(1));
  if (target === undefined) {
    throw new Error('name the folder of the app to run');
  }
  const absolute = path.resolve(target);
  const require = createRequire(import.meta.url);
  for (const name of modules) {
    require(path.resolve(name));
  }
  Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true });
  const isFolder = statSync(absolute).isDirectory();
  const entry = isFolder ? adopt(absolute) : absolute;
  if (!isFolder) {
    app.setAppPath(path.dirname(absolute));
  }
  await import(pathToFileURL(entry).href);
}

try {
  await run();
} catch (error) {
  console.error('The app threw an error while it was loaded.');
  console.error(error instanceof Error ? error.stack : error);
  app.exit(1);
}
