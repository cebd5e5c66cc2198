import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain';
import { discover } from '../discover/discover';
import type { Model } from '../model/model';
import { FormatError } from './errors';
import { type ReadHeader, readHeader } from './index';
import { allowedGlobals } from './pickle-globals';
import { badInputs, folderInputs, type Section } from './testing/bad-inputs';
import { scratchFolder } from './testing/cases';
import { type CorpusFile, corpus } from './testing/corpus';
import { writeCorpus } from './testing/corpus-write';
import { faultsOf } from './testing/faults';

const scratch = scratchFolder('corpus');
afterAll(scratch.remove);

const small = corpus.filter(({ large }) => !large);
const folder = join(scratch.folder, 'files');
let paths: readonly string[] = [];
beforeAll(() => {
  mkdirSync(folder);
  paths = writeCorpus(folder, small);
});

/** The header, or the refusal; anything else thrown is a fault. */
function attempt(path: string): ReadHeader | FormatError {
  try {
    return readHeader(path);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/** What is wrong with how a file was taken; empty when it is as expected. */
function differences({ expect: expected, format }: CorpusFile, path: string): string[] {
  const outcome = attempt(path);
  const { size } = lstatSync(path);
  if (outcome instanceof FormatError) {
    if (expected.kind !== 'refused') return [`refused: ${outcome.message}`];
    const found = outcome.message.replace(`${path}: `, '');
    const inside = outcome.offset >= 0 && outcome.offset <= Math.max(size, 8);
    return [
      ...(expected.message.test(found) ? [] : [found]),
      ...(inside && outcome.file === path ? [] : [`at ${outcome.offset} of ${outcome.file}`]),
    ];
  }
  const faults = faultsOf(outcome, size);
  if (/\bsafe\b/i.test(JSON.stringify(outcome))) faults.push('something is called safe');
  if (expected.kind === 'refused') return [...faults, `accepted as ${outcome.format}`];
  if (expected.kind === 'opaque') {
    const isTold = expected.reason.test(outcome.opaqueReason ?? '');
    return isTold ? faults : [...faults, outcome.opaqueReason ?? outcome.format];
  }
  const count = outcome.tensors.length;
  if (outcome.format !== format) faults.push(`${outcome.format}: ${outcome.opaqueReason}`);
  return count === expected.tensors ? faults : [...faults, `${count} tensors`];
}

describe('the corpus of bad inputs', () => {
  for (const section of new Set(small.map((file) => file.section))) {
    const files = small.filter((file) => file.section === section);
    it(`is taken as told: ${files.length} files of ${section}`, () => {
      const wrong = files.flatMap((file) => {
        const path = paths[small.indexOf(file)] ?? '';
        return differences(file, path).map((what) => `${file.name}: ${what}`);
      });
      expect(wrong).toEqual([]);
    });
  }

  it('has distinct names, and a file for every item of the list', () => {
    const missing: string[] = [];
    for (const [sections, items] of badInputs) {
      const names = corpus.filter((file) => sections.includes(file.section)).map((f) => f.name);
      for (const [item, ...cases] of items) {
        const absent = cases.filter((pattern) => !names.some((name) => pattern.test(name)));
        missing.push(...absent.map((pattern) => `${sections[0]}, ${item}: ${pattern}`));
      }
    }
    expect(missing).toEqual([]);
    expect(new Set(corpus.map(({ section, file }) => `${section}/${file}`)).size).toBe(
      corpus.length,
    );
  });

  it('leaves no item of folders without a test', () => {
    const missing = folderInputs.flatMap(([item, file, ...words]) => {
      const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
      return words.filter((word) => !text.includes(word)).map((word) => `${item}: ${word}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('docs/formats.md', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../../docs/formats.md'), 'utf8');
  const count = (...sections: readonly Section[]) =>
    corpus.filter(({ section }) => sections.includes(section)).length;

  it('states the size of the corpus', () => {
    const rows: readonly (readonly [start: string, number])[] = [
      ['| safetensors |', count('safetensors')],
      ['| GGUF |', count('gguf')],
      ['| PyTorch archive', count('zip', 'pickle')],
      ['| ONNX |', count('onnx')],
      ['| NumPy `.npy`', count('npy')],
      ['| NumPy `.npz`', count('npz')],
    ];
    for (const [start, files] of rows) {
      const line = docs.split('\n').find((row) => row.startsWith(start)) ?? '';
      expect([start, Number(line.split('|')[6]?.match(/\d+/)?.[0])]).toEqual([start, files]);
    }
    expect(docs).toContain(`${corpus.length.toLocaleString('en')} in all`);
    expect(docs).toContain(`${corpus.filter(({ large }) => large).length} large files`);
  });

  it('lists every global that a pickle may name, and no other', () => {
    const stated = docs
      .split('\n')
      .map((row) => row.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)]))
      .filter((cells) => cells.length === 5 && (cells[2]?.length ?? 0) > 0)
      .flatMap(([, modules = [], names = []]) =>
        modules.flatMap(([, module = '']) => names.map(([, name = '']) => `${module}.${name}`)),
      );
    const listed = [...allowedGlobals.keys()].map((one) => one.replace('\n', '.'));
    expect(stated.sort()).toEqual(listed.sort());
  });
});

const list = join(import.meta.dirname, '../../../../../shared/MALFORMED.md');
describe.skipIf(!existsSync(list))('the list of bad inputs', () => {
  it('holds nothing that the corpus leaves out', () => {
    const items = [...badInputs.flatMap(([, rows]) => rows), ...folderInputs].map(([item]) => item);
    const text = readFileSync(list, 'utf8').split('\n').slice(4).join('\n');
    let rest = text.slice(0, text.indexOf('Then mutate'));
    for (const item of items.toSorted((a, b) => b.length - a.length)) {
      expect(rest).toContain(item);
      rest = rest.replace(item, '');
    }
    const words = rest.replace(/\*\*[^*]+\*\*:|Valid:|Never show .*\./g, '');
    expect(words.replace(/[\s;.,]/g, '')).toBe('');
  });
});

function listing(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const { size, mtimeNs, ino } = lstatSync(path, { bigint: true });
      return `${relative(root, path)} ${size} ${mtimeNs} ${ino}`;
    })
    .sort();
}

describe('a folder that holds the whole corpus', () => {
  it('is searched without a throw or a write, and every refused file is a problem', async () => {
    const before = listing(folder);
    const models: Model[] = [];
    const problems: Problem[] = [];
    await discover([folder], {
      onModel: (model) => models.push(model),
      onProblem: (problem) => problems.push(problem),
    });
    expect(listing(folder)).toEqual(before);
    const byFile = new Map(problems.map((problem) => [problem.file, problem]));
    const shown = new Set(models.flatMap(({ files }) => files.map((file) => file.realPath)));
    const untold = small.flatMap(({ expect: expected }, index) => {
      const path = paths[index] ?? '';
      if (expected.kind !== 'refused' || !shown.has(path)) return shown.has(path) ? [] : [path];
      const problem = byFile.get(path);
      const { offset, expected: wanted = '', found = '', hint = '' } = problem ?? {};
      const isWhole = problem?.kind === 'malformed' && offset !== undefined;
      return isWhole && wanted !== '' && found !== '' && hint !== '' ? [] : [path];
    });
    expect(untold.filter((path) => !/\.(zip|weights)$/.test(path))).toEqual([]);
    const refused = small.filter(({ expect: { kind } }) => kind === 'refused').length;
    expect(problems.filter(({ kind }) => kind === 'malformed')).toHaveLength(refused);
    expect(problems).toHaveLength(refused);
  });
});
