import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Problem } from '../../../../shared/domain';
import { scratchFolder } from '../../formats/testing/cases';
import { safetensorsFile } from '../../formats/testing/safetensors-cases';
import type { Model } from '../../model/model';
import { type Discovered, discover } from '../discover';

/** What one search handed out. */
export interface Found extends Discovered {
  readonly list: readonly Model[];
  readonly problems: readonly Problem[];
}

/** A fresh folder per test, with its links resolved; `tree.root` is valid inside a test. */
export function freshTree() {
  let scratch = { folder: '', remove: () => {} };
  const tree = {
    root: '',
    /** The folder around the root. */
    outside: '',
    /** Writes a file below the root; returns its path. */
    put(path: string, content: Uint8Array | string = '{}'): string {
      const full = join(tree.root, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      return full;
    },
    /** Searches the paths, or the root, and checks what every model must fulfil. */
    async find(...paths: readonly string[]): Promise<Found> {
      const list: Model[] = [];
      const problems: Problem[] = [];
      const result = await discover(paths.length === 0 ? [tree.root] : paths, {
        onModel: (model) => list.push(model),
        onProblem: (problem) => problems.push(problem),
      });
      for (const model of list) expectConsistent(model);
      return { ...result, list, problems };
    },
  };
  beforeEach(() => {
    scratch = scratchFolder('discover');
    tree.outside = realpathSync(scratch.folder);
    tree.root = join(tree.outside, 'root');
    mkdirSync(tree.root);
  });
  afterEach(() => scratch.remove());
  return tree;
}

function expectConsistent(model: Model): void {
  const paths = model.files.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(paths);
  expect(model.id).toMatch(/^[0-9a-f]{16}$/);
  let last = 0;
  for (const { file, offset, byteLength } of model.tensors) {
    expect(file).toBeGreaterThanOrEqual(last);
    last = file;
    expect(offset + byteLength).toBeLessThanOrEqual(model.files[file]?.stamp.size ?? -1);
  }
}

/** A safetensors file with U8 tensors of four bytes. */
export function weights(...names: readonly string[]): Buffer {
  const entries = names.map(
    (name, i) => `"${name}":{"dtype":"U8","shape":[4],"data_offsets":[${i * 4},${i * 4 + 4}]}`,
  );
  return safetensorsFile(`{${entries.join(',')}}`, new Uint8Array(names.length * 4));
}

/** Just large enough to count as a model by its size. */
export const large = (): Uint8Array => new Uint8Array(1024 * 1024);

export const namesOf = (found: Found): string[] => found.list.map(({ name }) => name);

export function filesOf(model: Model | undefined): string[] | undefined {
  return model?.files.map(({ path, role }) => `${role} ${path}`);
}
