import { type GgufValueType, ggmlTypes, ggufValueTypes } from '../gguf-types';

/** A metadata value with its type, as bytes are made from it. */
export type GgufValue =
  | { readonly type: Exclude<GgufValueType, 'array'>; readonly value: string | number | bigint }
  | {
      readonly type: 'array';
      readonly of: GgufValueType;
      readonly items: readonly GgufValue[];
      /** Instead of the number of items. */
      readonly count?: bigint;
    };

export interface GgufTensorSpec {
  readonly name: string;
  /** In GGUF's order: the fastest dimension first. */
  readonly dims: readonly (number | bigint)[];
  /** Number of the ggml type. */
  readonly type?: number;
  /** Instead of the offset that follows from the tensors before. */
  readonly offset?: bigint;
  /** Instead of the bytes that follow from type and dimensions. */
  readonly bytes?: number;
}

export interface GgufSpec {
  readonly version?: number;
  readonly bigEndian?: boolean;
  readonly pairs?: readonly (readonly [string | Uint8Array, GgufValue])[];
  readonly tensors?: readonly GgufTensorSpec[];
  readonly alignment?: number;
  /** Instead of the real counts. */
  readonly tensorCount?: bigint;
  readonly pairCount?: bigint;
  /** Follows the metadata at once, before any padding and instead of the tensors' entries. */
  readonly rest?: Uint8Array;
}

/** A file's header and, apart from it, the bytes of its padded data. */
export interface GgufParts {
  readonly header: Buffer;
  readonly dataStart: number;
  readonly dataBytes: number;
}

const fixedWriters = {
  u8: ['setUint8', 1],
  i8: ['setInt8', 1],
  u16: ['setUint16', 2],
  i16: ['setInt16', 2],
  u32: ['setUint32', 4],
  i32: ['setInt32', 4],
  f32: ['setFloat32', 4],
  bool: ['setUint8', 1],
  u64: ['setBigUint64', 8],
  i64: ['setBigInt64', 8],
  f64: ['setFloat64', 8],
} as const;

type Fixed = keyof typeof fixedWriters;

/** Writes numbers, strings and values in one byte order and width. */
export class GgufWriter {
  constructor(
    readonly bigEndian: boolean,
    readonly wide: boolean,
  ) {}

  fixed(type: Fixed, value: number | bigint): Buffer {
    const [method, bytes] = fixedWriters[type];
    const buffer = Buffer.alloc(bytes);
    const view = new DataView(buffer.buffer, buffer.byteOffset, bytes);
    if (method === 'setBigUint64' || method === 'setBigInt64') {
      view[method](0, BigInt(value), !this.bigEndian);
    } else view[method](0, Number(value), !this.bigEndian);
    return buffer;
  }

  size(value: number | bigint): Buffer {
    return this.fixed(this.wide ? 'u64' : 'u32', value);
  }

  string(text: string | Uint8Array): Buffer {
    const bytes = Buffer.from(text);
    return Buffer.concat([this.size(bytes.length), bytes]);
  }

  type(type: GgufValueType): Buffer {
    return this.fixed('u32', ggufValueTypes.indexOf(type));
  }

  value(value: GgufValue): Buffer {
    if (value.type === 'array') {
      const { of, items, count = BigInt(items.length) } = value;
      const parts = items.map((item) => this.value(item));
      return Buffer.concat([this.type(of), this.size(count), ...parts]);
    }
    if (value.type === 'string') return this.string(String(value.value));
    return this.fixed(value.type, typeof value.value === 'string' ? 0 : value.value);
  }

  pair(key: string | Uint8Array, value: GgufValue): Buffer {
    return Buffer.concat([this.string(key), this.type(value.type), this.value(value)]);
  }

  tensor({ name, dims, type = 0 }: GgufTensorSpec, offset: bigint): Buffer {
    return Buffer.concat([
      this.string(name),
      this.fixed('u32', dims.length),
      ...dims.map((dimension) => this.size(dimension)),
      this.fixed('i32', type),
      this.fixed('u64', offset),
    ]);
  }
}

/** Bytes of a tensor of known type; none for the others. */
export function ggufTensorBytes({ dims, type = 0, bytes }: GgufTensorSpec): number {
  if (bytes !== undefined) return bytes;
  const { elements = 1, bytes: perBlock = 0 } = ggmlTypes.get(type) ?? {};
  return (dims.reduce<number>((all, dim) => all * Number(dim), 1) / elements) * perBlock;
}

const padded = (size: number, alignment: number) => Math.ceil(size / alignment) * alignment;

/** The header with its padding, and how much data follows. */
export function ggufParts(spec: GgufSpec): GgufParts {
  const { version = 3, bigEndian = false, pairs = [], tensors = [], alignment = 32 } = spec;
  const writer = new GgufWriter(bigEndian, version !== 1);
  let end = 0;
  const entries = tensors.map((tensor) => {
    const entry = writer.tensor(tensor, tensor.offset ?? BigInt(end));
    end = padded(end + ggufTensorBytes(tensor), alignment);
    return entry;
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    writer.fixed('u32', version),
    writer.size(spec.tensorCount ?? tensors.length),
    writer.size(spec.pairCount ?? pairs.length),
    ...pairs.map(([key, value]) => writer.pair(key, value)),
    spec.rest ?? Buffer.concat(entries),
  ]);
  if (tensors.length === 0) return { header, dataStart: header.length, dataBytes: 0 };
  const dataStart = padded(header.length, alignment);
  const whole = Buffer.concat([header, Buffer.alloc(dataStart - header.length)]);
  return { header: whole, dataStart, dataBytes: end };
}

/** A whole file; its data counts up so that no two tensors are alike. */
export function ggufFile(spec: GgufSpec): Buffer {
  const { header, dataBytes } = ggufParts(spec);
  const data = Uint8Array.from({ length: dataBytes }, (_, index) => (index * 7 + 1) & 0xff);
  return Buffer.concat([header, data]);
}

export const text = (value: string): GgufValue => ({ type: 'string', value });
export const u32 = (value: number): GgufValue => ({ type: 'u32', value });
export const array = (of: GgufValueType, items: readonly GgufValue[]): GgufValue => ({
  type: 'array',
  of,
  items,
});
