/** Writes protobuf's wire format, for test files. */

export function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** A varint field. */
export function number(field: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** A length-delimited field. */
export function bytes(field: number, value: Uint8Array | string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

export function fixed32(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), content]);
}

export interface TensorParts {
  readonly name?: string;
  readonly dims?: readonly (number | bigint)[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  /** Already encoded fields that follow. */
  readonly more?: Uint8Array;
}

/** A TensorProto's content. */
export function tensor({ name = 'w', dims = [2], type = 1, raw, more }: TensorParts): Buffer {
  return Buffer.concat([
    ...dims.map((dimension) => number(1, dimension)),
    number(2, type),
    bytes(8, name),
    ...(raw === undefined ? [] : [bytes(9, raw)]),
    ...(more === undefined ? [] : [more]),
  ]);
}

export function external(entries: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(entries).map(([key, value]) =>
    bytes(13, Buffer.concat([bytes(1, key), bytes(2, value)])),
  );
  return Buffer.concat([...pairs, number(14, 1)]);
}

/** A GraphProto's content from encoded fields. */
export function graph(...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat([bytes(2, 'graph'), ...fields]);
}

export const initializer = (content: Uint8Array): Buffer => bytes(5, content);

/** A NodeProto's content. */
export function node(opType: string, output: string, ...attributes: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    bytes(2, output),
    bytes(3, `${output}_node`),
    bytes(4, opType),
    ...attributes.map((attribute) => bytes(5, attribute)),
  ]);
}

/** An AttributeProto's content: `field` 5 for a tensor, 6 for a graph. */
export function attribute(name: string, field: number, content: Uint8Array): Buffer {
  return Buffer.concat([bytes(1, name), bytes(field, content)]);
}

/** A ModelProto around a graph. */
export function model(graphContent: Uint8Array, ...more: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    number(1, 8),
    bytes(2, 'tests'),
    bytes(8, Buffer.concat([bytes(1, ''), number(2, 17)])),
    bytes(7, graphContent),
    ...more,
  ]);
}

/** A model whose graph has these tensors as initializers. */
export function modelOf(...tensors: readonly Uint8Array[]): Buffer {
  return model(graph(...tensors.map(initializer)));
}
