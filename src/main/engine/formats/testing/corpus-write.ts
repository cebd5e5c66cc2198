import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CorpusFile, corpus, type Expected } from './corpus';

/** A file of a written corpus, as its index.json tells. */
export interface WrittenFile {
  readonly format: string;
  readonly section: string;
  readonly name: string;
  /** Relative to the corpus, with `/`. */
  readonly file: string;
  readonly expect: Record<string, string | number>;
}

/** Writes `files` into one folder per section; returns the path of each. */
export function writeCorpus(folder: string, files: readonly CorpusFile[]): string[] {
  for (const section of new Set(files.map((file) => file.section))) {
    mkdirSync(join(folder, section), { recursive: true });
  }
  return files.map((file) => file.write(join(folder, file.section)));
}

/** Writes the whole corpus, and index.json, which says what must become of each file. */
export function writeWithIndex(folder: string): readonly WrittenFile[] {
  writeCorpus(folder, corpus);
  const index = corpus.map(({ format, section, name, file, expect }) => ({
    format,
    section,
    name,
    file: `${section}/${file}`,
    expect: plain(expect),
  }));
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`);
  return index;
}

function plain(expect: Expected): Record<string, string | number> {
  if (expect.kind === 'valid') return { kind: 'valid', tensors: expect.tensors };
  const { kind } = expect;
  return { kind, matches: kind === 'refused' ? expect.message.source : expect.reason.source };
}
