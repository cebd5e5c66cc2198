import { PickleCursor } from './pickle-cursor';
import { roleOf } from './pickle-globals';
import {
  describeValue,
  type PickleBytes,
  type PickleGlobal,
  type PickleObject,
  type PicklePersistent,
  type PickleTuple,
  type PickleValue,
} from './pickle-value';
import type { ByteSource } from './reader';
import { quote } from './text';

/** Most tuples, lists, calls … in one pickle: a tensor takes some 7. */
export const MAX_PICKLE_OBJECTS = 1_000_000;
/** Most opcodes in one pickle: a tensor takes some 45. */
export const MAX_PICKLE_STEPS = 30_000_000;
/** Most values in all tuples, lists … together, and most on the stack: a tensor takes some 22. */
const MAX_REFERENCES = 6_000_000;
/** Most values remembered under numbers that are not counted up from 0. */
const MAX_SPARSE_MEMO = 100_000;
/** Longest text that is kept, in bytes; of a longer one only its place. */
const MAX_TEXT = 1_048_576;
/** Most bytes of text kept from one pickle. */
const MAX_TOTAL_TEXT = 128 * 1_048_576;
/** Longest integer that is kept, in bytes; of a longer one only its place. */
const MAX_INTEGER_BYTES = 256;
const MAX_GLOBAL_NAME = 1024;
/** Most distinct globals in one pickle. */
const MAX_GLOBALS = 100_000;

/** Thrown where a pickle asks for what is not on the allow list; caught by `readPickle`. */
export class CodeRequest extends Error {
  override readonly name = 'CodeRequest';
  constructor(
    readonly request: string,
    readonly at: number,
  ) {
    super(request);
  }
}

/** The state of one pickle: stack, marks, memo, and what they may still grow by. */
export class PickleMachine {
  readonly cursor: PickleCursor;
  /** Where the current opcode stands. */
  at = 0;
  /** Every global asked for, in order; `module.name`. */
  readonly requested = new Set<string>();
  /** Every reference to something outside the pickle, used or not. */
  readonly references: PicklePersistent[] = [];
  private readonly stack: PickleValue[] = [];
  /** Stack heights; values below the last one are out of reach. */
  private readonly marks: number[] = [];
  private readonly memo: PickleValue[] = [];
  private readonly sparseMemo = new Map<number, PickleValue>();
  private readonly globals = new Map<string, PickleGlobal>();
  private objectsLeft = MAX_PICKLE_OBJECTS;
  private referencesLeft = MAX_REFERENCES;
  private textLeft = MAX_TOTAL_TEXT;
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(
    source: ByteSource,
    start: number,
    end: number,
    private readonly torchscript: boolean,
  ) {
    this.cursor = new PickleCursor(source, start, end);
  }

  fail(expected: string, found: string): never {
    return this.cursor.fail(expected, found, this.at);
  }

  push(value: PickleValue): void {
    if (this.stack.length >= MAX_REFERENCES) this.fail(`a stack of ${MAX_REFERENCES}`, 'more');
    this.stack.push(value);
  }

  /** As `push`, for a value that takes memory of its own. */
  pushNew(value: PickleValue, references = 0): void {
    this.objectsLeft -= 1;
    if (this.objectsLeft < 0) this.fail(`at most ${MAX_PICKLE_OBJECTS} objects`, 'more');
    this.spend(references);
    this.push(value);
  }

  private spend(references: number): void {
    this.referencesLeft -= references;
    if (this.referencesLeft < 0) this.fail(`at most ${MAX_REFERENCES} values`, 'more');
  }

  private get floor(): number {
    return this.marks[this.marks.length - 1] ?? 0;
  }

  pop(): PickleValue {
    if (this.stack.length <= this.floor) this.fail('a value on the stack', 'none');
    return this.stack.pop() ?? null;
  }

  /** The value on top, which stays. */
  top(): PickleValue {
    if (this.stack.length <= this.floor) this.fail('a value on the stack', 'none');
    return this.stack[this.stack.length - 1] ?? null;
  }

  /** POP takes a mark away where nothing is above it. */
  discard(): void {
    if (this.marks.length > 0 && this.stack.length === this.floor) this.marks.pop();
    else this.pop();
  }

  mark(): void {
    if (this.marks.length >= MAX_REFERENCES) this.fail(`at most ${MAX_REFERENCES} marks`, 'more');
    this.marks.push(this.stack.length);
  }

  /** Everything above the last mark, which goes, too. */
  popMark(): PickleValue[] {
    const start = this.marks.pop();
    return start === undefined ? this.fail('a mark', 'none') : this.stack.splice(start);
  }

  tuple(items: readonly PickleValue[]): void {
    this.pushNew({ kind: 'tuple', items }, items.length);
  }

  /** Appends to the list on top. */
  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!isKind(list, 'list')) this.fail('a list', describeValue(list));
    this.spend(values.length);
    for (const value of values) list.items.push(value);
  }

  /** Sets keys and values, alternating, in the dictionary on top. */
  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    const takes =
      isKind(target, 'dict') || (isKind(target, 'object') && target.type.role === 'dict');
    if (!takes) this.fail('a dictionary', describeValue(target));
    if (pairs.length % 2 !== 0) this.fail('a value for every key', 'a key alone');
    this.spend(pairs.length);
    for (const value of pairs) target.pairs.push(value);
  }

  addItems(values: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, 'set')) this.fail('a set', describeValue(target));
    this.spend(values.length);
    for (const value of values) target.items.push(value);
  }

  /** Remembers the value on top. The number may be anything; memory grows by one value. */
  put(index: number): void {
    const value = this.top();
    if (index <= this.memo.length) {
      if (index >= MAX_REFERENCES) this.fail(`at most ${MAX_REFERENCES} remembered`, 'more');
      this.memo[index] = value;
      if (this.sparseMemo.size > 0) this.sparseMemo.delete(index);
    } else {
      this.sparseMemo.set(index, value);
      if (this.sparseMemo.size > MAX_SPARSE_MEMO) {
        this.fail(`at most ${MAX_SPARSE_MEMO} remembered values out of order`, 'more');
      }
    }
  }

  get(index: number): void {
    const value = index < this.memo.length ? this.memo[index] : this.sparseMemo.get(index);
    if (value === undefined) this.fail('a remembered value', `none under number ${index}`);
    this.push(value);
  }

  memoize(): void {
    this.put(this.memo.length + this.sparseMemo.size);
  }

  /** A text of `length` bytes, or its place when it is long. */
  text(length: number | bigint, encoding: 'utf8' | 'python2'): string | PickleBytes {
    if (length > MAX_TEXT) return this.place('text', length);
    const at = this.cursor.position;
    const bytes = this.cursor.bytes(Number(length));
    this.textLeft -= bytes.length;
    if (this.textLeft < 0) this.fail(`at most ${MAX_TOTAL_TEXT} bytes of text`, 'more');
    try {
      return this.utf8.decode(bytes);
    } catch {
      if (encoding === 'python2') return Buffer.from(bytes).toString('latin1');
      return this.cursor.fail('UTF-8 text', 'bytes that are not UTF-8', at);
    }
  }

  place(of: PickleBytes['of'], length: number | bigint): PickleBytes {
    return { kind: 'bytes', of, offset: this.cursor.skip(length), length: Number(length) };
  }

  /** A little-endian two's complement integer of `length` bytes. */
  integer(length: number): number | bigint | PickleBytes {
    if (length > MAX_INTEGER_BYTES) return this.place('number', length);
    const hex = Buffer.from(this.cursor.bytes(length)).reverse().toString('hex');
    return hex === '' ? 0 : shrink(BigInt.asIntN(8 * length, BigInt(`0x${hex}`)));
  }

  /** The global of these names, if the allow list has it; else the parse stops here. */
  global(module: string, name: string): PickleGlobal {
    const key = `${module}\n${name}`;
    const known = this.globals.get(key);
    if (known !== undefined) return known;
    if (module.length + name.length > MAX_GLOBAL_NAME) {
      this.fail(`the name of a global, at most ${MAX_GLOBAL_NAME} long`, quote(key));
    }
    this.requested.add(`${module}.${name}`);
    const role = roleOf(module, name, this.torchscript);
    if (role === undefined) throw new CodeRequest(`${module}.${name}`, this.at);
    if (this.globals.size >= MAX_GLOBALS) this.fail(`at most ${MAX_GLOBALS} globals`, 'more');
    const global: PickleGlobal = { kind: 'global', module, name, role };
    this.globals.set(key, global);
    return global;
  }

  /** Records a call. Only globals whose role allows it can be "called". */
  call(callee: PickleValue, args: readonly PickleValue[]): void {
    if (!isKind(callee, 'global')) {
      this.fail('a global to call', describeValue(callee));
    }
    if (callee.role === 'value') {
      throw new CodeRequest(`${callee.module}.${callee.name}()`, this.at);
    }
    const { at } = this;
    const object: PickleObject = {
      kind: 'object',
      type: callee,
      args,
      state: undefined,
      pairs: [],
      at,
    };
    this.pushNew(object, args.length);
  }

  /** BUILD: sets the state of the object on top. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (
      !isKind(object, 'object') ||
      (object.type.role !== 'build' && object.type.role !== 'dict')
    ) {
      this.fail('an object that takes a state', describeValue(object));
    }
    if (object.state !== undefined) this.fail('one state', 'another');
    object.state = state;
  }

  /** What STOP returns. Nothing may be left behind. */
  result(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0) {
      this.fail('one value at the end', `${this.stack.length + 1}, ${this.marks.length} marks`);
    }
    if (this.cursor.inFrame) this.fail('the end of the frame', 'the end of the pickle in it');
    return value;
  }
}

/** Narrows to one kind of composite value. */
export function isKind<
  K extends Exclude<PickleValue, boolean | number | bigint | string | null>['kind'],
>(value: PickleValue | undefined, kind: K): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** An integer as a number where that is exact. */
export function shrink(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The items of a tuple; refuses anything else. */
export function tupleItems(machine: PickleMachine, value: PickleValue): PickleTuple['items'] {
  if (isKind(value, 'tuple')) return value.items;
  machine.fail('a tuple of arguments', describeValue(value));
}
