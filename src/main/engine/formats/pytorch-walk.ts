import type { MetadataValue } from '../../../shared/domain';
import { MAX_DIMENSIONS, MAX_TENSORS } from './dtypes';
import { FormatError } from './errors';
import { isKind } from './pickle-machine';
import type { PickleObject, PicklePersistent, PickleValue } from './pickle-value';
import { type PytorchTensor, storageOf, tensorOf, wholeStorage } from './pytorch-tensor';
import { clipText, quote } from './text';

/** Deepest nesting that is followed; checkpoints have about ten levels. */
export const MAX_DEPTH = 1000;
/** Most calls around a value that are looked through. */
const MAX_WRAPPERS = 16;
/** Most characters in all tensor names together. */
const MAX_NAMES = 128 * 1_048_576;
/** Most plain values of the top level that are shown. */
const MAX_VALUES = 1000;

export interface FoundTensor {
  /** Keys and positions on the way to it, joined by dots; distinct. */
  readonly name: string;
  readonly tensor: PytorchTensor;
  /** Below a dictionary that is an optimizer's state. */
  readonly optimizer: boolean;
}

/** What walking pickles found. */
export interface Findings {
  readonly tensors: FoundTensor[];
  /** Plain values of the top level: epoch, loss … */
  readonly values: Map<string, MetadataValue>;
}

type Child = readonly [label: string, value: PickleValue];

interface Frame {
  readonly value: object;
  readonly children: Iterator<Child>;
  readonly path: string;
  readonly optimizer: boolean;
}

/** Finds tensors in values, one `walk` per pickle of a file; names stay distinct over all. */
export class TensorWalk implements Findings {
  readonly tensors: FoundTensor[] = [];
  readonly values = new Map<string, MetadataValue>();
  private readonly names = new Set<string>();
  private readonly done = new Set<object>();
  /** By the value that makes them: what is named often is checked once. */
  private readonly known = new Map<object, PytorchTensor>();
  private namesLeft = MAX_NAMES;
  private dimensionsLeft = MAX_DIMENSIONS;

  constructor(private readonly path: string) {}

  /**
   * Follows everything reachable from `root` without recursion. A container that is reachable on
   * several ways is followed on the first, tensors are named on each. A value that contains itself
   * and nesting beyond MAX_DEPTH are refused. `base` begins every name; `at` is for errors.
   */
  walk(root: PickleValue, base: string, at: number): void {
    const stack: Frame[] = [];
    const open = new Set<object>();
    const refuse = (expected: string, found: string): never => {
      throw new FormatError(this.path, at, expected, found);
    };
    const enter = (value: PickleValue, path: string, optimizer: boolean): void => {
      const inner = transparent(value);
      if (this.leaf(inner, path, optimizer, at)) return;
      if (typeof inner !== 'object' || inner === null) return;
      if (open.has(inner)) refuse('a value that does not contain itself', quote(path));
      if (this.done.has(inner)) return;
      const children = childrenOf(inner, refuse);
      if (children === undefined) return;
      if (stack.length >= MAX_DEPTH) refuse(`nesting of at most ${MAX_DEPTH}`, 'more');
      const state = optimizer || isOptimizer(inner);
      const named = state && path === '' ? 'optimizer' : path;
      open.add(inner);
      stack.push({ value: inner, children, path: named, optimizer: state });
    };
    enter(root, base, false);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.children.next();
      if (next.done === true) {
        open.delete(frame.value);
        this.done.add(frame.value);
        stack.pop();
        continue;
      }
      const [label, value] = next.value;
      if (stack.length === 1) this.note(label, value);
      const path = frame.path === '' ? label : `${frame.path}.${label}`;
      enter(value, path, frame.optimizer);
    }
  }

  /** Takes a tensor or a storage; false for everything else. */
  private leaf(value: PickleValue, path: string, optimizer: boolean, at: number): boolean {
    if (!isKind(value, 'persistent') && !isKind(value, 'object')) return false;
    const tensor = this.known.get(value) ?? this.tensorAt(value);
    if (tensor === undefined) return false;
    this.known.set(value, tensor);
    if (this.tensors.length >= MAX_TENSORS) {
      throw new FormatError(this.path, at, `at most ${MAX_TENSORS} tensors`, 'more');
    }
    this.dimensionsLeft -= tensor.shape.length;
    if (this.dimensionsLeft < 0) {
      throw new FormatError(this.path, at, `at most ${MAX_DIMENSIONS} dimensions`, 'more');
    }
    this.tensors.push({ name: this.nameOf(path || 'tensor', at), tensor, optimizer });
    return true;
  }

  private tensorAt(value: PickleObject | PicklePersistent): PytorchTensor | undefined {
    if (value.kind === 'object') return tensorOf(this.path, value);
    return wholeStorage(storageOf(this.path, value));
  }

  /** The path, with a number where another tensor has it. */
  private nameOf(path: string, at: number): string {
    this.namesLeft -= path.length;
    if (this.namesLeft < 0) {
      throw new FormatError(this.path, at, `at most ${MAX_NAMES} characters of names`, 'more');
    }
    let name = path;
    for (let number = 2; this.names.has(name); number += 1) name = `${path}#${number}`;
    this.names.add(name);
    return name;
  }

  private note(label: string, value: PickleValue): void {
    if (this.values.size >= MAX_VALUES) return;
    if (typeof value === 'string') this.values.set(label, clipText(value));
    else if (typeof value === 'bigint') this.values.set(label, String(value));
    else if (typeof value === 'number') {
      this.values.set(label, Number.isFinite(value) ? value : String(value));
    } else if (typeof value === 'boolean') this.values.set(label, value);
  }
}

/** Lists that TorchScript wraps in a call that only states their type. */
function transparent(value: PickleValue): PickleValue {
  let inner = value;
  for (let level = 0; level < MAX_WRAPPERS; level += 1) {
    if (!isKind(inner, 'object') || inner.type.module !== 'torch.jit._pickle') break;
    inner = inner.args[0] ?? null;
  }
  return inner;
}

/** A dictionary with the two entries of every torch.optim state_dict. */
function isOptimizer(value: PickleValue): boolean {
  if (!isKind(value, 'dict')) return false;
  let found = 0;
  for (let index = 0; index < value.pairs.length && index < 64; index += 2) {
    const key = value.pairs[index];
    if (key === 'state' || key === 'param_groups') found += 1;
  }
  return found === 2;
}

function childrenOf(
  value: PickleValue,
  refuse: (expected: string, found: string) => never,
): Iterator<Child> | undefined {
  if (isKind(value, 'tuple') || isKind(value, 'list') || isKind(value, 'set')) {
    return itemsOf(value.items);
  }
  if (isKind(value, 'dict')) return pairsOf(value.pairs, refuse);
  return isKind(value, 'object') ? partsOf(value, refuse) : undefined;
}

function* itemsOf(items: readonly PickleValue[]): Generator<Child> {
  for (let index = 0; index < items.length; index += 1) {
    yield [String(index), items[index] ?? null];
  }
}

function* pairsOf(
  pairs: readonly PickleValue[],
  refuse: (expected: string, found: string) => never,
): Generator<Child> {
  const seen = new Set<PickleValue>();
  for (let index = 0; index < pairs.length; index += 2) {
    const key = pairs[index] ?? null;
    if (typeof key !== 'object') {
      if (seen.has(key)) refuse('distinct keys', `${quote(String(key))} again`);
      seen.add(key);
    }
    yield [keyLabel(key, index / 2), pairs[index + 1] ?? null];
  }
}

/** A key as a part of a name; a key that is no plain value gives its position. */
function keyLabel(key: PickleValue, position: number): string {
  if (key === null) return 'None';
  return typeof key === 'object' ? `(${position})` : String(key);
}

/** Attributes, entries and arguments of an object. */
function* partsOf(
  object: PickleObject,
  refuse: (expected: string, found: string) => never,
): Generator<Child> {
  const [first] = object.args;
  if (object.type.name === 'OrderedDict' && isKind(first, 'list')) {
    yield* pairsOf(first.items.flatMap(pairItems), refuse);
  } else if (object.type.role === 'dict' && isKind(first, 'dict')) {
    yield* pairsOf(first.pairs, refuse);
  } else {
    yield* itemsOf(object.args);
  }
  yield* pairsOf(object.pairs, refuse);
  const { state } = object;
  if (isKind(state, 'dict')) yield* pairsOf(state.pairs, refuse);
  else if (isKind(state, 'tuple')) yield* itemsOf(state.items);
}

/** Python 2 writes an OrderedDict as a list of pairs. */
function pairItems(pair: PickleValue): readonly PickleValue[] {
  const both = isKind(pair, 'tuple') || isKind(pair, 'list') ? pair.items : [];
  return both.length === 2 ? both : [pair, null];
}
