import {
  type CompareCell,
  type CompareMap,
  type CompareStatus,
  type CountAndBytes,
  compareStatuses,
} from '../../../../shared/domain';

/** One of a stack of blocks that repeat: `model.layers` and 12. */
interface Block {
  readonly stack: string;
  readonly number: number;
}

type Layer = CompareMap['layers'][number];

/** The block that a layer is, or lies in: the first number in its name, and what stands before it. */
function blockOf(prefix: string): Block | undefined {
  const match = /(?:^|[./_])(\d{1,6})(?=[./_]|$)/.exec(prefix);
  return match === null
    ? undefined
    : { stack: prefix.slice(0, match.index), number: Number(match[1]) };
}

/** Stacks of two blocks or more: a single number in a name (`If_0_then_branch`) counts nothing. */
function realStacks(layers: readonly Layer[]): ReadonlySet<string> {
  const numbers = new Map<string, Set<number>>();
  for (const { prefix } of layers) {
    const block = blockOf(prefix);
    if (!block) continue;
    numbers.set(block.stack, (numbers.get(block.stack) ?? new Set()).add(block.number));
  }
  return new Set([...numbers].flatMap(([stack, found]) => (found.size > 1 ? [stack] : [])));
}

interface Column {
  readonly label: string;
  readonly prefix: string;
  /** Positions of its layers in the engine's map. */
  readonly layers: readonly number[];
}

/**
 * The map with one column per block of the network (`model.layers.12`, its attention, feed-forward
 * and norms together) and one per layer outside of any, as people count layers. Blocks stand in the
 * order of their numbers where the first of their stack stood. Parts that no model has are left out.
 */
export function mapByBlocks(map: CompareMap): CompareMap {
  const columns = columnsOf(map.layers);
  const before = map.layers.length;
  const parts = map.parts.flatMap((name, part) => (hasCells(map, part) ? [{ name, part }] : []));
  return {
    layers: columns.map(({ label, prefix }) => ({ label, prefix })),
    parts: parts.map(({ name }) => name),
    models: map.models.map(({ b, cells }) => ({
      b,
      cells: parts.flatMap(({ part }) =>
        columns.map(({ layers }) =>
          mergeCells(layers.map((layer) => cells[part * before + layer] ?? null)),
        ),
      ),
    })),
  };
}

function hasCells({ layers, models }: CompareMap, part: number): boolean {
  const from = part * layers.length;
  return models.some(({ cells }) =>
    cells.slice(from, from + layers.length).some((cell) => cell !== null && cell !== undefined),
  );
}

function columnsOf(layers: readonly Layer[]): readonly Column[] {
  const real = realStacks(layers);
  const stacks = new Map<string, Map<number, number[]>>();
  const order: (string | number)[] = [];
  layers.forEach(({ prefix }, at) => {
    const block = blockOf(prefix);
    if (!block || !real.has(block.stack)) {
      order.push(at);
      return;
    }
    const stack = stacks.get(block.stack) ?? new Map<number, number[]>();
    if (stack.size === 0) order.push(block.stack);
    stacks.set(block.stack, stack);
    stack.set(block.number, [...(stack.get(block.number) ?? []), at]);
  });
  const labelOf = labelling(layers, [...stacks.keys()]);
  return order.flatMap((entry): readonly Column[] => {
    if (typeof entry === 'number') {
      const prefix = layers[entry]?.prefix ?? '';
      return [{ label: labelOf.layer(prefix), prefix, layers: [entry] }];
    }
    const blocks = [...(stacks.get(entry) ?? [])].sort(([x], [y]) => x - y);
    return blocks.map(([number, members]) => ({
      label: `${labelOf.stack(entry)} ${number}`,
      prefix: blockPrefix(layers[members[0] ?? 0]?.prefix ?? '', entry, number),
      layers: members,
    }));
  });
}

/** The part of a layer's name that names its block, as it is written there. */
function blockPrefix(prefix: string, stack: string, number: number): string {
  const digits = /^[./_]?0*(\d+)/.exec(prefix.slice(stack.length));
  return digits && Number(digits[1]) === number
    ? prefix.slice(0, stack.length + digits[0].length)
    : prefix;
}

const general: Readonly<Record<string, string>> = {
  layers: 'layer',
  layer: 'layer',
  h: 'layer',
  blocks: 'block',
  block: 'block',
  blk: 'block',
  resblocks: 'block',
};

const segments = (name: string): readonly string[] => name.split(/[./]/).filter(Boolean);

/** Short names: as many of a name's last parts as tell it from the others. */
function labelling(layers: readonly Layer[], stacks: readonly string[]) {
  const layerLabels = uniqueLabels(
    layers.map(({ prefix }) => prefix),
    (prefix) => [segments(prefix).at(-1)],
  );
  const stackLabels = uniqueLabels(stacks, (stack) => {
    const [last, before] = segments(stack).toReversed();
    const word = general[last ?? ''];
    return word === undefined ? [last, before && `${before}.${last}`] : [word, before];
  });
  return {
    stack: (stack: string): string => stackLabels.get(stack) ?? 'part',
    layer: (prefix: string): string => layerLabels.get(prefix) ?? 'unnamed',
  };
}

/** For every name the first of its short forms that no other name has at the same place. */
function uniqueLabels(
  names: readonly string[],
  formsOf: (name: string) => readonly (string | undefined)[],
): ReadonlyMap<string, string> {
  const forms = names.map(formsOf);
  const counts = new Map<string, number>();
  const keyOf = (form: string, at: number): string => `${at} ${form}`;
  for (const own of forms) {
    own.forEach((form, at) => {
      if (form === undefined) return;
      const key = keyOf(form, at);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
  }
  const isUnique = (form: string, at: number): boolean => counts.get(keyOf(form, at)) === 1;
  return new Map(
    names.flatMap((name, i) => {
      const short = (forms[i] ?? []).find((form, at) => form !== undefined && isUnique(form, at));
      const label = short ?? name;
      return label === '' ? [] : [[name, label] as const];
    }),
  );
}

/** Most in need of attention first. */
const urgency: readonly CompareStatus[] = [
  'different',
  'onlyA',
  'onlyB',
  'near',
  'cast',
  'identical',
];

const plus = (a: CountAndBytes, b: CountAndBytes): CountAndBytes => ({
  tensors: a.tensors + b.tensors,
  bytes: a.bytes + b.bytes,
});

/** Several cells as one. Means are weighted by the bytes of the tensors that have partners. */
function mergeCells(all: readonly (CompareCell | null)[]): CompareCell | null {
  const cells = all.filter((cell) => cell !== null);
  const [first] = cells;
  if (first === undefined || cells.length === 1) return first ?? null;
  const groups = Object.fromEntries(
    compareStatuses.map((status) => [
      status,
      cells.map((cell) => cell.groups[status]).reduce(plus),
    ]),
  ) as CompareCell['groups'];
  const mean = (key: 'cosine' | 'relativeL2' | 'bits' | 'stored'): number | null => {
    const known = cells.flatMap((cell) => {
      const value = cell[key];
      return value === null ? [] : [{ value, weight: partneredBytes(cell) }];
    });
    const whole = known.reduce((sum, { weight }) => sum + weight, 0);
    if (whole === 0) return known[0]?.value ?? null;
    return known.reduce((sum, { value, weight }) => sum + value * weight, 0) / whole;
  };
  return {
    status: urgency.find((status) => groups[status].tensors > 0) ?? first.status,
    groups,
    cosine: mean('cosine'),
    relativeL2: mean('relativeL2'),
    bits: mean('bits'),
    stored: mean('stored'),
  };
}

const partneredBytes = ({ groups }: CompareCell): number =>
  groups.identical.bytes + groups.cast.bytes + groups.near.bytes + groups.different.bytes;
