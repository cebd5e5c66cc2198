/** Opcodes of pickles, written by hand: each function gives the bytes of one value. */

type Part = Uint8Array | string | number;

/** Bytes from opcode characters, numbers (one byte each) and buffers. */
export function raw(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number'
        ? Buffer.of(part)
        : typeof part === 'string'
          ? Buffer.from(part, 'latin1')
          : Buffer.from(part),
    ),
  );
}

function little(value: number | bigint, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  return buffer.subarray(0, bytes);
}

export const none = raw('N');
export const yes = raw(0x88);
export const no = raw(0x89);
export const emptyTuple = raw(')');

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return raw('X', little(bytes.length, 4), bytes);
}

export function int(value: number | bigint): Buffer {
  if (value >= 0 && value < 256) return raw('K', Number(value));
  if (value >= -(2 ** 31) && value < 2 ** 31) return raw('J', little(value, 4));
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return raw(0x8a, 8, little(value, 8));
  const bytes = Buffer.from(BigInt(value).toString(16).padStart(24, '0'), 'hex').reverse();
  return raw(0x8a, bytes.length, bytes);
}

export function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return raw('G', bytes);
}

export const global = (module: string, name: string) => raw(`c${module}\n${name}\n`);
export const stackGlobal = (module: string, name: string) => raw(text(module), text(name), 0x93);
export const tuple = (...items: readonly Uint8Array[]) => raw('(', ...items, 't');
export const list = (...items: readonly Uint8Array[]) => raw('](', ...items, 'e');
export const call = (callee: Uint8Array, ...args: readonly Uint8Array[]) =>
  raw(callee, tuple(...args), 'R');

export function dict(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const pairs = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return raw('}(', ...pairs, 'u');
}

export function ordered(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const pairs = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return raw(global('collections', 'OrderedDict'), ')R(', ...pairs, 'u');
}

/** A whole pickle of protocol 2. */
export const pickle = (...parts: readonly Part[]) => raw(0x80, 2, ...parts, '.');

/** Bytes of an unsigned number, for lengths that lie. */
export const unsigned = little;
