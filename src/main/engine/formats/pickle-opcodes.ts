import { CodeRequest, isKind, type PickleMachine, shrink, tupleItems } from './pickle-machine';
import { describeValue, type PicklePersistent, type PickleValue } from './pickle-value';
import { quote } from './text';

type Operation = (machine: PickleMachine) => void;

const HIGHEST_PROTOCOL = 5;

/** A decimal line; `L` may follow where Python 2 wrote a long. */
function decimal(machine: PickleMachine, pattern: RegExp): bigint {
  const line = machine.cursor.line();
  if (line.length > 600 || !pattern.test(line)) machine.fail('a decimal number', quote(line));
  return BigInt(line.replace('L', ''));
}

function integerLine(machine: PickleMachine): PickleValue {
  const line = machine.cursor.line();
  if (line === '00' || line === '01') return line === '01';
  if (line.length > 600 || !/^-?[0-9]+$/.test(line)) machine.fail('an integer', quote(line));
  return shrink(BigInt(line));
}

function floatLine(machine: PickleMachine): number {
  const line = machine.cursor.line();
  if (/^-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$/.test(line)) return Number(line);
  if (line === 'nan') return Number.NaN;
  if (line === 'inf') return Number.POSITIVE_INFINITY;
  if (line === '-inf') return Number.NEGATIVE_INFINITY;
  machine.fail('a floating-point number', quote(line));
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** A quoted Python 2 string: repr of bytes. */
function quotedLine(machine: PickleMachine): string {
  const line = machine.cursor.line();
  const first = line[0];
  if (line.length < 2 || (first !== "'" && first !== '"') || line.at(-1) !== first) {
    machine.fail('a quoted text', quote(line));
  }
  return line
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|[^x])/g, (_, code: string) =>
      code.length === 3
        ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
        : (escapes.get(code) ?? code),
    );
}

/** Raw-unicode-escape, as protocol 0 writes texts. */
function unicodeLine(machine: PickleMachine): string {
  return machine.cursor
    .line()
    .replace(/\\u([0-9a-fA-F]{4})|\\U0010([0-9a-fA-F]{4})|\\U000([0-9a-fA-F]{5})/g, (...parts) => {
      const [, short, high, long] = parts as (string | undefined)[];
      return String.fromCodePoint(Number.parseInt(short ?? long ?? `10${high ?? '0000'}`, 16));
    });
}

function memoIndex(machine: PickleMachine): number {
  const index = decimal(machine, /^[0-9]+$/);
  if (index > 0xffff_ffffn) machine.fail('a number below 2^32', String(index));
  return Number(index);
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') {
    const found = `${describeValue(module)} and ${describeValue(name)}`;
    machine.fail('the two names of a global', found);
  }
  machine.push(machine.global(module, name));
}

/** INST and OBJ: a class and its arguments since the mark. */
function instance(machine: PickleMachine): void {
  const [callee = null, ...args] = machine.popMark();
  machine.call(callee, args);
}

function newObject(machine: PickleMachine): void {
  const args = machine.pop();
  machine.call(machine.pop(), tupleItems(machine, args));
}

function newObjectEx(machine: PickleMachine): void {
  const keywords = machine.pop();
  const args = machine.pop();
  if (!isKind(keywords, 'dict') || keywords.pairs.length > 0) {
    machine.fail('no named arguments', describeValue(keywords));
  }
  machine.call(machine.pop(), tupleItems(machine, args));
}

function extension(code: number): Operation {
  return (machine) => {
    const { cursor } = machine;
    const number = code === 1 ? cursor.byte() : code === 2 ? cursor.uint16() : cursor.uint32();
    machine.requested.add(`copyreg extension ${number}`);
    throw new CodeRequest(`copyreg extension ${number}`, machine.at);
  };
}

function persistent(machine: PickleMachine): void {
  const reference: PicklePersistent = { kind: 'persistent', id: machine.pop(), at: machine.at };
  machine.pushNew(reference);
  machine.references.push(reference);
}

function protocol(machine: PickleMachine): void {
  // Its place is checked in readPickle: the first opcode or none.
  const version = machine.cursor.byte();
  if (version > HIGHEST_PROTOCOL) machine.fail('protocol 0 to 5', String(version));
}

function long4(machine: PickleMachine): void {
  const length = machine.cursor.int32();
  if (length < 0) machine.fail('the length of a number', String(length));
  machine.push(machine.integer(length));
}

function binString(machine: PickleMachine): void {
  const length = machine.cursor.int32();
  if (length < 0) machine.fail('the length of a text', String(length));
  machine.push(machine.text(length, 'python2'));
}

const outOfBand: Operation = (machine) => machine.fail('no buffers outside the file', 'one');

function popItems(machine: PickleMachine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => machine.pop()).reverse();
}

/** Opcodes of every protocol, by their character (Lib/pickletools.py of CPython). */
const table: readonly (readonly [string | number, Operation])[] = [
  ['(', (m) => m.mark()],
  ['0', (m) => m.discard()],
  ['1', (m) => void m.popMark()],
  ['2', (m) => m.push(m.top())],
  ['F', (m) => m.push(floatLine(m))],
  ['I', (m) => m.push(integerLine(m))],
  ['J', (m) => m.push(m.cursor.int32())],
  ['K', (m) => m.push(m.cursor.byte())],
  ['L', (m) => m.push(shrink(decimal(m, /^-?[0-9]+L?$/)))],
  ['M', (m) => m.push(m.cursor.uint16())],
  ['N', (m) => m.push(null)],
  ['P', (m) => m.fail('a storage named by a tuple', `the text ${quote(m.cursor.line())}`)],
  ['Q', persistent],
  ['R', newObject],
  ['S', (m) => m.push(quotedLine(m))],
  ['T', binString],
  ['U', (m) => m.push(m.text(m.cursor.byte(), 'python2'))],
  ['V', (m) => m.push(unicodeLine(m))],
  ['X', (m) => m.push(m.text(m.cursor.uint32(), 'utf8'))],
  ['a', (m) => m.append([m.pop()])],
  ['b', (m) => m.build()],
  ['c', (m) => m.push(m.global(m.cursor.line(), m.cursor.line()))],
  ['d', (m) => dictionary(m)],
  ['}', (m) => m.pushNew({ kind: 'dict', pairs: [] })],
  ['e', (m) => m.append(m.popMark())],
  ['g', (m) => m.get(memoIndex(m))],
  ['h', (m) => m.get(m.cursor.byte())],
  ['i', (m) => m.call(m.global(m.cursor.line(), m.cursor.line()), m.popMark())],
  ['j', (m) => m.get(m.cursor.uint32())],
  ['l', (m) => list(m)],
  [']', (m) => m.pushNew({ kind: 'list', items: [] })],
  ['o', instance],
  ['p', (m) => m.put(memoIndex(m))],
  ['q', (m) => m.put(m.cursor.byte())],
  ['r', (m) => m.put(m.cursor.uint32())],
  ['s', (m) => m.setItems(popItems(m, 2))],
  ['t', (m) => m.tuple(m.popMark())],
  [')', (m) => m.tuple([])],
  ['u', (m) => m.setItems(m.popMark())],
  ['G', (m) => m.push(m.cursor.float64())],
  ['B', (m) => m.pushNew(m.place('bytes', m.cursor.uint32()))],
  ['C', (m) => m.pushNew(m.place('bytes', m.cursor.byte()))],
  [0x80, protocol],
  [0x81, newObject],
  [0x82, extension(1)],
  [0x83, extension(2)],
  [0x84, extension(4)],
  [0x85, (m) => m.tuple(popItems(m, 1))],
  [0x86, (m) => m.tuple(popItems(m, 2))],
  [0x87, (m) => m.tuple(popItems(m, 3))],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x8a, (m) => m.push(m.integer(m.cursor.byte()))],
  [0x8b, long4],
  [0x8c, (m) => m.push(m.text(m.cursor.byte(), 'utf8'))],
  [0x8d, (m) => m.push(m.text(m.cursor.uint64(), 'utf8'))],
  [0x8e, (m) => m.pushNew(m.place('bytes', m.cursor.uint64()))],
  [0x8f, (m) => m.pushNew({ kind: 'set', items: [] })],
  [0x90, (m) => m.addItems(m.popMark())],
  [0x91, (m) => set(m)],
  [0x92, newObjectEx],
  [0x93, stackGlobal],
  [0x94, (m) => m.memoize()],
  [0x95, (m) => m.cursor.beginFrame(m.cursor.uint64(), m.at)],
  [0x96, (m) => m.pushNew(m.place('bytes', m.cursor.uint64()))],
  [0x97, outOfBand],
  [0x98, outOfBand],
];

function dictionary(machine: PickleMachine): void {
  const pairs = machine.popMark();
  if (pairs.length % 2 !== 0) machine.fail('a value for every key', 'a key alone');
  machine.pushNew({ kind: 'dict', pairs }, pairs.length);
}

function list(machine: PickleMachine): void {
  const items = machine.popMark();
  machine.pushNew({ kind: 'list', items }, items.length);
}

function set(machine: PickleMachine): void {
  const items = machine.popMark();
  machine.pushNew({ kind: 'set', items }, items.length);
}

export const PROTO = 0x80;
export const STOP = 0x2e;

/** What each opcode does, by its byte; STOP is the reader's own, all others are unknown. */
export const operations: readonly (Operation | undefined)[] = (() => {
  const all: (Operation | undefined)[] = Array.from({ length: 256 }, () => undefined);
  for (const [code, operation] of table) {
    all[typeof code === 'number' ? code : code.charCodeAt(0)] = operation;
  }
  return all;
})();
