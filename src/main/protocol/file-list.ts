import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';

export interface ServedFile {
  /** Absolute. */
  readonly file: string;
  readonly contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

/**
 * Every file under `folder` that may be served: URL path (`/assets/index.js`) → file. Made once, at
 * the start: what is not in it does not exist. Links and files of unknown type are left out.
 */
export function listServedFiles(folder: string): ReadonlyMap<string, ServedFile> {
  const found = new Map<string, ServedFile>();
  collect(folder, '', found);
  const index = found.get('/index.html');
  if (index !== undefined) found.set('/', index);
  return found;
}

/** One folder at a time: inside a packaged archive, recursive listing is not dependable. */
function collect(folder: string, urlPath: string, found: Map<string, ServedFile>): void {
  const entries: readonly Dirent[] = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    const url = `${urlPath}/${encodeURIComponent(entry.name)}`;
    const contentType = contentTypes[path.extname(entry.name).toLowerCase()];
    if (entry.isDirectory()) collect(file, url, found);
    else if (entry.isFile() && contentType !== undefined) found.set(url, { file, contentType });
  }
}
