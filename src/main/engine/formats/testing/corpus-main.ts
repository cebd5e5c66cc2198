import { mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeWithIndex } from './corpus-write';

/* The program behind `npm run corpus -- DIR`. */
const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: npm run corpus -- DIR\nDIR: a new or empty folder; takes about 1 GB');
  process.exitCode = 2;
} else {
  const folder = resolve(target);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) {
    console.error(`${folder}: expected a new or empty folder, found files in it`);
    process.exitCode = 2;
  } else {
    const files = writeWithIndex(folder);
    const counts = new Map<string, number>();
    for (const { section } of files) counts.set(section, (counts.get(section) ?? 0) + 1);
    for (const [section, count] of counts) console.log(`${section}: ${count} files`);
    console.log(`${files.length} files in ${folder}, listed in index.json`);
  }
}
