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
 * order of their numbers where the first of their stack stood.
 */
export function mapByBlocks(map: CompareMap): CompareMap {
  const columns = columnsOf(map.layers);
  const before = map.layers.length;
  return {
    layers: columns.map(({ label, prefix }) => ({ label, prefix })),
    parts: map.parts,
    models: map.models.map(({ b, cells }) => ({
      b,
      cells: map.parts.flatMap((_, part) =>
        columns.map(({ layers }) =>
          mergeCells(layers.map((layer) => cells[part * before + layer] ?? null)),
        ),
      ),
    })),
  };
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

/** Short names: the last part of a name, with the part before it where that alone is not enough. */
function labelling(layers: readonly Layer[], stacks: readonly string[]) {
  const plain = stacks.filter((stack) => general[segments(stack).at(-1) ?? ''] !== undefined);
  const ends = new Map<string, number>();
  for (const { prefix } of layers) {
    const end = segments(prefix).at(-1) ?? '';
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return {
    stack: (stack: string): string => {
      const parts = segments(stack);
      const last = parts.at(-1) ?? '';
      const word = general[last];
      if (word === undefined) return last || 'part';
      return plain.length > 1 ? (parts.at(-2) ?? word) : word;
    },
    layer: (prefix: string): string => {
      const end = segments(prefix).at(-1) ?? '';
      return end === '' || (ends.get(end) ?? 0) > 1 ? prefix || 'unnamed' : end;
    },
  };
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
