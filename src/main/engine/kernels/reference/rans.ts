/*
 * Slow twins of assembly/rans.ts and assembly/rans-model.ts, in whole numbers and real divisions.
 */

export interface ReferenceTokens {
  readonly values: number[];
  readonly tokens: number[];
}

/** Elements and base as their bits, of `width` bytes. */
export function referenceDifferences(
  width: number,
  elements: ArrayLike<number>,
  base: ArrayLike<number>,
): ReferenceTokens {
  const size = 2 ** (8 * width);
  const ordered = (bits: number): number => (bits < size / 2 ? bits : size / 2 - 1 - bits);
  const values = Array.from(elements, (bits, at) => {
    const from = base[at] ?? 0;
    const apart = ordered(bits) - ordered(from);
    const turned = from < size / 2 ? apart : -apart;
    const wrapped = ((((turned + size / 2) % size) + size) % size) - size / 2;
    return wrapped < 0 ? -2 * wrapped - 1 : 2 * wrapped;
  });
  return { values, tokens: values.map(referenceToken) };
}

function referenceToken(value: number): number {
  if (value < 16) return value;
  const digits = value.toString(2);
  const next = Number.parseInt(digits.slice(1, 3), 2);
  return 16 + 8 * (digits.length - 5) + 2 * next + (value % 2);
}

export function referenceMagnitudes(
  width: number,
  elements: ArrayLike<number>,
  drop: number,
  origin: number,
): ReferenceTokens {
  const half = 2 ** (8 * width - 1);
  const values = Array.from(elements, (bits) => (bits % half) * 2 + (bits < half ? 0 : 1));
  const tokens = values.map((value) => {
    const magnitude = Math.floor(value / 2);
    const above = Math.floor(magnitude / 2 ** drop) - origin;
    if (above > 0) return Math.min(above + 1, 256) % 256;
    return magnitude === 0 ? 1 : 0;
  });
  return { values, tokens };
}

/** What `referenceLevels` needs beside elements; no `base`: exponents of 0. */
export interface ReferenceLevels {
  readonly base: ArrayLike<number> | undefined;
  readonly count: number;
  readonly shift: number;
  readonly mask: number;
  readonly scale: number;
  /** 0: no offsets. */
  readonly stride: number;
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
}

export function referenceLevels(given: ReferenceLevels): number[] {
  const { base, count, shift, mask, scale, stride, rows, columns } = given;
  return Array.from({ length: count }, (_, at) => {
    const exponent = base ? Math.floor((base[at] ?? 0) / 2 ** shift) % (mask + 1) : 0;
    const row = stride === 0 ? 0 : (rows[Math.floor(at / stride)] ?? 0);
    const column = stride === 0 ? 0 : (columns[at % stride] ?? 0);
    return Math.max(0, Math.min(255, exponent * 2 ** scale - row - column));
  });
}

const LEAST = 2 ** 16;
const SUM = 4096;

/** The stream of tokens, each by the frequencies that its context has. */
export function referenceEncode(
  tokens: ArrayLike<number>,
  contexts: ArrayLike<number>,
  tables: readonly ArrayLike<number>[],
): Uint8Array {
  const states = new Array<number>(8).fill(LEAST);
  const words: number[] = [];
  for (let at = tokens.length - 1; at >= 0; at--) {
    const table = tables[contexts[at] ?? 0] ?? [];
    const frequency = table[tokens[at] ?? 0] ?? 0;
    let state = states[at % 8] ?? LEAST;
    if (state >= frequency * 2 ** 20) {
      words.unshift(state % LEAST);
      state = Math.floor(state / LEAST);
    }
    const rest = (state % frequency) + startOf(table, tokens[at] ?? 0);
    states[at % 8] = Math.floor(state / frequency) * SUM + rest;
  }
  const bytes = new DataView(new ArrayBuffer(32 + 2 * words.length));
  states.forEach((state, at) => {
    bytes.setUint32(4 * at, state, true);
  });
  words.forEach((word, at) => {
    bytes.setUint16(32 + 2 * at, word, true);
  });
  return new Uint8Array(bytes.buffer);
}

/** Tokens of a stream; undefined where it does not end with them. */
export function referenceDecode(
  stream: Uint8Array,
  contexts: ArrayLike<number>,
  tables: readonly ArrayLike<number>[],
): number[] | undefined {
  const bytes = new DataView(stream.buffer, stream.byteOffset, stream.length);
  const states = Array.from({ length: 8 }, (_, at) => bytes.getUint32(4 * at, true));
  let next = 32;
  const tokens = Array.from(contexts, (context, at) => {
    const table = tables[context] ?? [];
    const state = states[at % 8] ?? 0;
    const slot = state % SUM;
    let token = 0;
    while (startOf(table, token + 1) <= slot) token++;
    let grown = (table[token] ?? 0) * Math.floor(state / SUM) + slot - startOf(table, token);
    if (grown < LEAST) {
      grown = grown * LEAST + (next + 2 <= stream.length ? bytes.getUint16(next, true) : 0);
      next += 2;
    }
    states[at % 8] = grown;
    return token;
  });
  const whole = next === stream.length && states.every((state) => state === LEAST);
  return whole ? tokens : undefined;
}

function startOf(table: ArrayLike<number>, token: number): number {
  let start = 0;
  for (let at = 0; at < token; at++) start += table[at] ?? 0;
  return start;
}

/** The bits of each value that its token's width says, from bit `signs` on, lowest first. */
export function referencePack(
  { values, tokens }: ReferenceTokens,
  widths: ArrayLike<number>,
  signs: number,
): Uint8Array {
  const bits = values.flatMap((value, at) =>
    Array.from(
      { length: widths[tokens[at] ?? 0] ?? 0 },
      (_, bit) => Math.floor(value / 2 ** (bit + signs)) % 2,
    ),
  );
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, at) => sum + bit * 2 ** at, 0),
  );
}

/** What `referenceSizes` sums; no `base`: elements alone. */
export interface ReferenceSizes {
  readonly values: ArrayLike<number>;
  readonly base: ArrayLike<number> | undefined;
  readonly shift: number;
  readonly mask: number;
  readonly stride: number;
}

/** Sums of sizes by row, then by column, added in the order of the elements. */
export function referenceSizes({ values, base, shift, mask, stride }: ReferenceSizes): number[] {
  const rows = Math.ceil(values.length / stride);
  const sums = new Array<number>(rows + stride).fill(0);
  const unit = 2 ** shift;
  Array.from(values).forEach((value, at) => {
    const magnitude = Math.floor(value / 2);
    const bits = base ? (base[at] ?? 0) : magnitude;
    const exponent = Math.floor(bits / unit) % (mask + 1);
    if (exponent === mask) return;
    const alone = (magnitude % unit) + (exponent === 0 ? 0 : unit);
    const size = (base ? Math.ceil(value / 2) : alone) * 2 ** (Math.max(exponent, 1) - 128);
    for (const to of [Math.floor(at / stride), rows + (at % stride)]) {
      sums[to] = (sums[to] ?? 0) + size;
    }
  });
  return sums;
}
