import { formatBytes, formatShare, type ModelId } from '../shared/base';
import type { FamiliesReport, Family, LineageEdge } from '../shared/domain';
import { mustHaveSucceeded, openAll, withEngine } from './engine';
import { exitCodes } from './failure';
import { type CatalogueOptions, catalogueFolder } from './folders';
import type { Terminal } from './run';
import { count, plainLine, table } from './text';

export interface FamiliesOptions extends CatalogueOptions {
  readonly json?: boolean;
}

interface NamedModel {
  readonly id: ModelId;
  readonly name: string;
}

/** What `families --json` prints: the report, with a name beside every id. */
export interface FamiliesJson {
  readonly families: readonly {
    readonly id: string;
    readonly name: string;
    readonly root: NamedModel;
    /** Root first, then parents before children. */
    readonly models: readonly NamedModel[];
    readonly edges: readonly (Omit<LineageEdge, 'parent' | 'child'> & {
      readonly parent: NamedModel;
      readonly child: NamedModel;
    })[];
    /** Rows and columns in the order of `models`; `shared[i][j]`: bytes of i that j has too. */
    readonly matrix: {
      readonly shared: readonly (readonly number[])[];
      readonly near: readonly (readonly number[])[];
    };
  }[];
  readonly alone: readonly NamedModel[];
  readonly pending: readonly NamedModel[];
}

/** Which of the models below the paths came from which. */
export async function families(
  paths: readonly string[],
  options: FamiliesOptions,
  terminal: Terminal,
): Promise<number> {
  const dataFolder = catalogueFolder(options, terminal.env);
  const found = await withEngine({ dataFolder }, terminal, async (engine) => {
    await openAll(engine, paths);
    const { models } = await engine.call('models.list', null);
    for (const measure of ['similarity.verify', 'families.verify'] as const) {
      await engine.call(measure, null);
      await engine.idle();
    }
    await mustHaveSucceeded(engine);
    const report = await engine.call('families.report', null);
    return { report, names: new Map(models.map(({ id, name }) => [id, name])) };
  });
  const named = (id: ModelId): NamedModel => ({ id, name: found.names.get(id) ?? id });
  const json = jsonOf(found.report, named);
  terminal.out(options.json ? `${JSON.stringify(json, null, 2)}\n` : textOf(json));
  return exitCodes.done;
}

function jsonOf(report: FamiliesReport, named: (id: ModelId) => NamedModel): FamiliesJson {
  return {
    families: report.families.map((family) => familyOf(family, named)),
    alone: report.alone.map(named),
    pending: report.pending.map(named),
  };
}

function familyOf(family: Family, named: (id: ModelId) => NamedModel) {
  const { id, name, root, models, edges, matrix } = family;
  const square = (cells: readonly number[]) =>
    models.map((_, row) => cells.slice(row * models.length, (row + 1) * models.length));
  return {
    id,
    name,
    root: named(root),
    models: models.map(named),
    edges: edges.map((edge) => ({
      ...edge,
      parent: named(edge.parent),
      child: named(edge.child),
    })),
    matrix: { shared: square(matrix.shared), near: square(matrix.near) },
  };
}

type FamilyJson = FamiliesJson['families'][number];

function textOf({ families, alone, pending }: FamiliesJson): string {
  const parts = families.map(familyText);
  if (families.length === 0) parts.push('No two models are related.\n');
  parts.push(listText('Without a relative', alone), listText('Not analysed', pending));
  return parts.filter((part) => part !== '').join('\n');
}

const header = ['Model', 'How', 'As delta'];
const numeric = [false, false, true];

/** One line of a tree, and what speaks for it, on a line of its own: sentences have any length. */
interface TreeLine {
  readonly cells: readonly string[];
  readonly evidence: string;
}

function familyText(family: FamilyJson): string {
  const tree = treeOf(family, family.root, 0);
  const title = `${plainLine(family.name)}: ${count(family.models.length, 'model')}`;
  const cells = tree.map((line) => line.cells);
  const [head = '', ...lines] = table(header, cells, numeric).trimEnd().split('\n');
  const told = lines.flatMap((line, at) => {
    const evidence = tree[at]?.evidence ?? '';
    const indent = ' '.repeat(line.length - line.trimStart().length + 4);
    return evidence === '' ? [line] : [line, `${indent}${evidence}`];
  });
  return `${[title, head, ...told].join('\n')}\n`;
}

/** The root, then every child below its parent, indented; families are trees, so this ends. */
function treeOf(
  { models, edges, matrix }: FamilyJson,
  root: NamedModel,
  depth: number,
): TreeLine[] {
  const rows: TreeLine[] = [];
  const seen = new Set<ModelId>();
  const visit = (model: NamedModel, level: number, edge?: FamilyJson['edges'][number]) => {
    if (seen.has(model.id)) return;
    seen.add(model.id);
    const at = models.findIndex(({ id }) => id === model.id);
    const own = matrix.shared[at]?.[at] ?? 0;
    rows.push({
      cells: [
        `${'  '.repeat(level)}${plainLine(model.name)}`,
        edge === undefined ? 'root' : `${edge.relation}${edge.kind === 'declared' ? '' : '?'}`,
        edge === undefined ? formatBytes(own) : deltaText(edge.deltaBytes, own),
      ],
      evidence: edge === undefined ? '' : plainLine(edge.evidence.sentence),
    });
    for (const next of edges.filter(({ parent }) => parent.id === model.id)) {
      visit(next.child, level + 1, next);
    }
  };
  visit(root, depth);
  return rows;
}

const deltaText = (bytes: number, own: number): string =>
  own > 0 ? `${formatBytes(bytes)} (${formatShare(bytes, own)})` : formatBytes(bytes);

function listText(title: string, models: readonly NamedModel[]): string {
  if (models.length === 0) return '';
  return `${title}:\n${models.map(({ name }) => `  ${plainLine(name)}\n`).join('')}`;
}
