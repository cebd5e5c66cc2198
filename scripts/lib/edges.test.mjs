import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSync } from 'vite';
import { afterAll, expect, it } from 'vitest';
import { breaches, cycles, findSpecifiers, readGraph } from './edges.mjs';

const base = mkdtempSync(path.join(tmpdir(), 'tessera-edges-'));
afterAll(() => rmSync(base, { recursive: true }));

const parse = (text, file = 'a.ts') => parseSync(file, text).program;

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(base, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(base, name), text);
  }
}

it('finds every form of import and knows which are types only', () => {
  const text = [
    "import a from './1';",
    "import type { B } from './2';",
    "import { type C } from './3';",
    "import { type D, e } from './4';",
    "export * from './5';",
    "const f = await import('./6');",
    "type G = import('./7').G;",
    "import './8';",
  ].join('\n');
  expect(findSpecifiers(parse(text))).toEqual([
    { name: './1', isType: false },
    { name: './2', isType: true },
    { name: './3', isType: true },
    { name: './4', isType: false },
    { name: './5', isType: false },
    { name: './6', isType: false },
    { name: './7', isType: true },
    { name: './8', isType: false },
  ]);
});

it('reports a forbidden edge, an import that leads nowhere, and nothing else', () => {
  write({
    'src/low/a.ts': "import '../high/b';\nimport 'node:fs/promises';\nimport './gone';\n",
    'src/high/b.tsx': "import '../low/c.js';\nimport { z } from 'zod';\n",
    'src/low/c.ts': 'export {};\n',
    'src/low/a.test.ts': "import '../high/b';\n",
    'node_modules/zod/package.json': '{}',
  });
  const rules = [
    { name: 'low', from: { path: '^src/low/', pathNot: 'test' }, to: { pathNot: '^src/low/|^fs' } },
    { name: 'found', from: {}, to: { couldNotResolve: true } },
    { name: 'no-zod', from: {}, to: { path: 'node_modules/zod/' } },
  ];
  expect(breaches(readGraph(base, 'src', parse), rules)).toEqual([
    'low: src/low/a.ts → src/high/b.tsx',
    'found: src/low/a.ts → src/low/gone',
    'no-zod: src/high/b.tsx → node_modules/zod/index',
  ]);
});

it('finds a cycle once, and ignores one that is made of types when told', () => {
  const edge = (to, isType = false) => ({ to, isType, resolved: true });
  const graph = new Map([
    ['a', [edge('b')]],
    ['b', [edge('c'), edge('a', true)]],
    ['c', [edge('b')]],
  ]);
  expect(cycles(graph, true)).toEqual([['b', 'c', 'b']]);
  expect(cycles(graph, false)).toEqual([
    ['b', 'c', 'b'],
    ['a', 'b', 'a'],
  ]);
});
