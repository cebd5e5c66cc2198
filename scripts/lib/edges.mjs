/**
 * The import graph of src/ and the rules about it. The rules are written in dependency-cruiser's form; what is
 * understood here is `path` and `pathNot` on both ends, `circular` and `couldNotResolve`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

/**
 * @typedef {{to: string, isType: boolean, resolved: boolean}} Import
 * to: a path relative to the base, `node_modules/<package>/…`, or a built-in's name without `node:`.
 * @typedef {Map<string, Import[]>} Graph from file to what it imports
 */

const extensions = ['', '.ts', '.tsx', '.d.ts', '/index.ts', '/index.tsx', '.mjs', '.js', '.json'];

/**
 * Reads the imports of every .ts and .tsx file below a folder, save those whose path matches `exclude`.
 * `parse` gives an ESTree program. @returns {Graph}
 */
export function readGraph(base, folder, parse, exclude = /(?!)/) {
  const files = readdirSync(path.join(base, folder), { recursive: true })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((name) => /\.tsx?$/.test(name) && !exclude.test(name))
    .sort();
  return new Map(files.map((file) => [file, importsOf(base, file, parse)]));
}

function importsOf(base, file, parse) {
  const text = readFileSync(path.join(base, file), 'utf8');
  return findSpecifiers(parse(text, file)).map(({ name, isType }) => ({
    ...resolve(base, file, name),
    isType,
  }));
}

/** Every module name that a program imports, re-exports or imports dynamically (by a constant). */
export function findSpecifiers(program) {
  const found = [];
  visit(program, (node) => {
    const name = node.source?.value;
    if (/^(Import|Export|TSImport)/.test(node.type) && typeof name === 'string') {
      found.push({ name, isType: isTypeOnly(node) });
    }
  });
  return found;
}

function isTypeOnly(node) {
  const each = node.specifiers ?? [];
  const kinds = each.map((one) => one.importKind ?? one.exportKind);
  const all =
    node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
  return all || (kinds.length > 0 && kinds.every((kind) => kind === 'type'));
}

function visit(node, see) {
  if (Array.isArray(node)) {
    for (const one of node) {
      visit(one, see);
    }
  } else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') {
      see(node);
    }
    for (const value of Object.values(node)) {
      visit(value, see);
    }
  }
}

/** Where an import leads. A query (`?url`) is ignored, as the bundler resolves the file before it. */
export function resolve(base, file, specifier) {
  const name = specifier.replace(/\?.*$/, '');
  if (isBuiltin(name)) {
    return { to: name.replace(/^node:/, ''), resolved: true };
  }
  if (!name.startsWith('.')) {
    const parts = name.split('/');
    const length = name.startsWith('@') ? 2 : 1;
    const home = `node_modules/${parts.slice(0, length).join('/')}`;
    const inside = parts.slice(length).join('/') || 'index';
    return { to: `${home}/${inside}`, resolved: existsSync(path.join(base, home)) };
  }
  const bare = path.posix.join(path.posix.dirname(file), name);
  const candidates = [
    ...extensions.map((end) => bare + end),
    bare.replace(/\.jsx?$/, '.ts'),
    bare.replace(/\.jsx?$/, '.tsx'),
  ];
  const found = candidates.find((one) =>
    statSync(path.join(base, one), { throwIfNoEntry: false })?.isFile(),
  );
  return { to: found ?? bare, resolved: found !== undefined };
}

/** Every breach of the rules, as one line each: `rule: file → import`. */
export function breaches(graph, rules) {
  const lines = rules.flatMap((rule) =>
    rule.to.circular === true
      ? cycles(graph, rule.to.viaOnly?.dependencyTypesNot?.includes('type-only') ?? false).map(
          (files) => `${rule.name}: ${files.join(' → ')}`,
        )
      : edgesAgainst(graph, rule),
  );
  return [...new Set(lines)];
}

function edgesAgainst(graph, rule) {
  return [...graph]
    .filter(([file]) => matches(file, rule.from))
    .flatMap(([file, imports]) =>
      imports
        .filter(
          ({ to, resolved }) =>
            matches(to, rule.to) && (rule.to.couldNotResolve !== true || !resolved),
        )
        .map(({ to }) => `${rule.name}: ${file} → ${to}`),
    );
}

function matches(name, { path: wanted, pathNot: unwanted }) {
  return (
    (wanted === undefined || new RegExp(wanted).test(name)) &&
    (unwanted === undefined || !new RegExp(unwanted).test(name))
  );
}

/** The cycles in the graph, each once, from its first file in name order; `ignoreTypes` leaves out type-only edges. */
export function cycles(graph, ignoreTypes) {
  const found = new Map();
  const done = new Set();
  const walk = (file, trail) => {
    const at = trail.indexOf(file);
    if (at !== -1) {
      const loop = fromFirst(trail.slice(at));
      found.set(loop.join(), loop);
    } else if (!done.has(file)) {
      const next = (graph.get(file) ?? []).filter(
        (one) => graph.has(one.to) && !(ignoreTypes && one.isType),
      );
      for (const { to } of next) {
        walk(to, [...trail, file]);
      }
      done.add(file);
    }
  };
  for (const file of graph.keys()) {
    walk(file, []);
  }
  return [...found.values()];
}

function fromFirst(loop) {
  const at = loop.indexOf([...loop].sort()[0]);
  return [...loop.slice(at), ...loop.slice(0, at), loop[at]];
}
