import { MAX_RANK } from './dtypes';
import { quote } from './text';

const MAX_DEPTH = 8;
const keys = ['descr', 'fortran_order', 'shape'] as const;
type Key = (typeof keys)[number];

/** The dictionary of an array's header. */
export interface NpyDictionary {
  /** undefined for structured elements, whose fields are not kept. */
  readonly descr: string | undefined;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the value of `descr` stands in the text. */
  readonly descrAt: number;
}

/** Throws; `at` counts characters of the text. */
export type LiteralFail = (at: number, expected: string, found: string) => never;

/**
 * Reads exactly what numpy writes: a Python dictionary of `descr`, `fortran_order` and `shape`,
 * each once, then spaces and one newline. A grammar of its own; nothing is evaluated.
 */
export function parseNpyDictionary(text: string, refuse: LiteralFail): NpyDictionary {
  const cursor = new LiteralCursor(text, refuse);
  const seen = new Set<Key>();
  let descr: string | undefined;
  let descrAt = 0;
  let fortranOrder = false;
  let shape: number[] = [];
  cursor.demand('{', 'a dictionary');
  do {
    if (cursor.peek() === '}') break;
    const key = readKey(cursor, seen);
    cursor.demand(':');
    if (key === 'descr') {
      cursor.skipSpaces();
      descrAt = cursor.position;
      descr = readDescr(cursor);
    } else if (key === 'fortran_order') fortranOrder = readBool(cursor);
    else shape = readShape(cursor);
  } while (cursor.accept(','));
  cursor.demand('}', '"," or "}"');
  for (const key of keys) if (!seen.has(key)) cursor.fail(`an entry "${key}"`, 'none');
  checkPadding(cursor, text);
  return { descr, fortranOrder, shape, descrAt };
}

function readKey(cursor: LiteralCursor, seen: Set<Key>): Key {
  const at = cursor.position;
  const name = cursor.string('the name of an entry');
  const key = keys.find((known) => known === name);
  if (key === undefined) {
    return cursor.fail('"descr", "fortran_order" or "shape"', quote(name), at);
  }
  if (seen.has(key)) cursor.fail('every entry once', `${quote(name)} again`, at);
  seen.add(key);
  return key;
}

/** A text, or undefined for the list of a structured type, which is stepped over. */
function readDescr(cursor: LiteralCursor): string | undefined {
  const next = cursor.peek();
  if (next !== '[' && next !== '(') return cursor.string('an element type');
  skipFields(cursor, 0);
  return undefined;
}

/** Lists and tuples of texts and numbers, as `dtype.descr` is made of. */
function skipFields(cursor: LiteralCursor, depth: number): void {
  if (depth > MAX_DEPTH) cursor.fail(`fields nested at most ${MAX_DEPTH} deep`, 'more');
  const next = cursor.peek();
  if (next === '[' || next === '(') {
    const close = next === '[' ? ']' : ')';
    cursor.demand(next);
    while (cursor.peek() !== close) {
      skipFields(cursor, depth + 1);
      if (!cursor.accept(',')) break;
    }
    cursor.demand(close);
  } else if (next >= '0' && next <= '9') cursor.count('a number');
  else cursor.string('a field');
}

function readBool(cursor: LiteralCursor): boolean {
  if (cursor.acceptWord('True')) return true;
  if (cursor.acceptWord('False')) return false;
  return cursor.fail('True or False', cursor.found());
}

function readShape(cursor: LiteralCursor): number[] {
  const shape: number[] = [];
  cursor.demand('(', 'a tuple of dimensions');
  while (cursor.peek() !== ')') {
    shape.push(cursor.count('a dimension'));
    if (shape.length > MAX_RANK) cursor.fail(`at most ${MAX_RANK} dimensions`, 'more');
    const comma = cursor.accept(',');
    if (!comma && shape.length === 1) cursor.fail('"," after the only dimension', cursor.found());
    if (!comma) break;
  }
  cursor.demand(')', '"," or ")"');
  return shape;
}

function checkPadding(cursor: LiteralCursor, text: string): void {
  cursor.skipSpaces();
  if (cursor.position !== text.length - 1 || !text.endsWith('\n')) {
    cursor.fail('only spaces and a newline after the dictionary', cursor.found());
  }
}

class LiteralCursor {
  position = 0;

  constructor(
    private readonly text: string,
    private readonly refuse: LiteralFail,
  ) {}

  fail(expected: string, found: string, at: number = this.position): never {
    return this.refuse(at, expected, found);
  }

  /** What stands at the position, for a message. */
  found(): string {
    const rest = this.text.slice(this.position, this.position + 16);
    return rest === '' ? 'the end of the header' : quote(rest);
  }

  skipSpaces(): void {
    while (this.text[this.position] === ' ') this.position += 1;
  }

  /** The next character that is no space; empty at the end. */
  peek(): string {
    this.skipSpaces();
    return this.text[this.position] ?? '';
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.position += 1;
    return true;
  }

  acceptWord(word: string): boolean {
    this.skipSpaces();
    if (!this.text.startsWith(word, this.position)) return false;
    this.position += word.length;
    return true;
  }

  demand(token: string, expected: string = quote(token)): void {
    if (!this.accept(token)) this.fail(expected, this.found());
  }

  /** A text in single or double quotes; escapes are refused. */
  string(expected: string): string {
    const mark = this.peek();
    if (mark !== "'" && mark !== '"') return this.fail(expected, this.found());
    const start = this.position + 1;
    const end = this.text.indexOf(mark, start);
    if (end < 0) return this.fail('the end of a text', 'the end of the header', this.text.length);
    const content = this.text.slice(start, end);
    const backslash = content.indexOf('\\');
    if (backslash >= 0) {
      return this.fail('a text without escapes', quote(content), start + backslash);
    }
    this.position = end + 1;
    return content;
  }

  /** A whole number from 0 to 2^53, also with the `L` that Python 2 wrote. */
  count(expected: string): number {
    this.skipSpaces();
    const start = this.position;
    const digits = /^(?:0|[1-9]\d*)/.exec(this.text.slice(start, start + 24))?.[0] ?? '';
    if (digits === '') return this.fail(expected, this.found());
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) return this.fail(`${expected} below 2^53`, digits, start);
    this.position += digits.length;
    if (this.text[this.position] === 'L') this.position += 1;
    return value;
  }
}
