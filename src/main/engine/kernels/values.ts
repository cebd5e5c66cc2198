/**
 * Element types whose values the kernels can read, as the number that the WebAssembly knows them
 * by. Part of the signature's identity: never renumber.
 */
export const valueKinds = {
  F64: 1,
  F32: 2,
  F16: 3,
  BF16: 4,
  F8_E4M3: 5,
  F8_E5M2: 6,
  F8_E4M3FNUZ: 7,
  F8_E5M2FNUZ: 8,
  F8_E8M0: 9,
  I8: 10,
  U8: 11,
  I16: 12,
  U16: 13,
  I32: 14,
  U32: 15,
  I64: 16,
  U64: 17,
  BOOL: 18,
  Q4_0: 32,
  Q4_1: 33,
  Q5_0: 34,
  Q5_1: 35,
  Q8_0: 36,
  Q2_K: 37,
  Q3_K: 38,
  Q4_K: 39,
  Q5_K: 40,
  Q6_K: 41,
  IQ4_NL: 42,
  IQ4_XS: 43,
  MXFP4: 44,
} as const;

export type ValueKind = (typeof valueKinds)[keyof typeof valueKinds];

/** How elements lie in memory: whole blocks of `elements`, each of `bytes`. */
export interface ValueLayout {
  readonly kind: ValueKind;
  readonly elements: number;
  readonly bytes: number;
}

const plainBytes: readonly (readonly [keyof typeof valueKinds, number])[] = [
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['F8_E4M3FNUZ', 1],
  ['F8_E5M2FNUZ', 1],
  ['F8_E8M0', 1],
  ['I8', 1],
  ['U8', 1],
  ['I16', 2],
  ['U16', 2],
  ['I32', 4],
  ['U32', 4],
  ['I64', 8],
  ['U64', 8],
  ['BOOL', 1],
];

/** Elements and bytes per block: ggml-common.h of ggml, gguf-py's GGML_QUANT_SIZES. */
const blockSizes: readonly (readonly [keyof typeof valueKinds, number, number])[] = [
  ['Q4_0', 32, 18],
  ['Q4_1', 32, 20],
  ['Q5_0', 32, 22],
  ['Q5_1', 32, 24],
  ['Q8_0', 32, 34],
  ['Q2_K', 256, 84],
  ['Q3_K', 256, 110],
  ['Q4_K', 256, 144],
  ['Q5_K', 256, 176],
  ['Q6_K', 256, 210],
  ['IQ4_NL', 32, 18],
  ['IQ4_XS', 256, 136],
  ['MXFP4', 32, 17],
];

const layouts: ReadonlyMap<string, ValueLayout> = new Map([
  ...plainBytes.map(([name, bytes]) => layout(name, 1, bytes)),
  ...blockSizes.map(([name, elements, bytes]) => layout(name, elements, bytes)),
]);

const layoutsByKind: ReadonlyMap<number, ValueLayout> = new Map(
  [...layouts.values()].map((each) => [each.kind, each]),
);

/**
 * How the elements of a dtype lie, spelled as the readers spell it (safetensors' and ggml's names);
 * undefined for dtypes whose values the kernels cannot read: complex numbers, parts of bytes, texts.
 */
export function valueLayout(dtype: string): ValueLayout | undefined {
  return layouts.get(dtype);
}

/** Throws RangeError for a number that is no kind. */
export function layoutOf(kind: number): ValueLayout {
  const found = layoutsByKind.get(kind);
  if (found === undefined) throw new RangeError(`expected a kind of values, found ${kind}`);
  return found;
}

/** Bytes that `elements` of a kind take: undefined unless they are whole blocks, and at least 0. */
export function valueBytes(kind: number, elements: number): number | undefined {
  const found = layoutsByKind.get(kind);
  if (found === undefined || !Number.isSafeInteger(elements) || elements < 0) return undefined;
  if (elements % found.elements !== 0) return undefined;
  const bytes = (elements / found.elements) * found.bytes;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function layout(
  name: keyof typeof valueKinds,
  elements: number,
  bytes: number,
): readonly [string, ValueLayout] {
  return [name, { kind: valueKinds[name], elements, bytes }];
}
