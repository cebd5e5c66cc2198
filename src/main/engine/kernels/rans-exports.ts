/** Functions of assembly/{rans,rans-model}.ts; addresses are bytes in the kernels' memory. */
export interface RansExports {
  readonly differenceTokens: (
    width: number,
    elements: number,
    base: number,
    count: number,
    tokens: number,
  ) => void;
  readonly magnitudeTokens: (
    width: number,
    elements: number,
    count: number,
    drop: number,
    origin: number,
    tokens: number,
  ) => void;
  readonly exponentLevels: (
    width: number,
    shift: number,
    mask: number,
    scale: number,
    base: number,
    from: number,
    to: number,
    stride: number,
    rows: number,
    columns: number,
    map: number,
    levels: number,
  ) => void;
  readonly countTokens: (tokens: number, levels: number, count: number, counts: number) => void;
  readonly mapBytes: (bytes: number, count: number, map: number) => void;
  readonly sumSizes: (
    width: number,
    shift: number,
    mask: number,
    values: number,
    base: number,
    count: number,
    stride: number,
    rows: number,
    columns: number,
  ) => void;
  readonly encodingTable: (frequencies: number, to: number) => void;
  /** The address of the stream's beginning; it ends at `end`. */
  readonly encodeTokens: (
    tokens: number,
    contexts: number,
    count: number,
    tables: number,
    end: number,
  ) => number;
  readonly decodingTable: (frequencies: number, to: number) => void;
  /** How many bytes it wrote. */
  readonly packBits: (
    width: number,
    values: number,
    tokens: number,
    count: number,
    signs: number,
    widths: number,
    to: number,
  ) => number;
  /** 0 where the streams are damaged. */
  readonly decodeElements: (plan: number, count: number) => number;
}

/** What `kernels.wasm` must export for them. */
export const ransExports: readonly (keyof RansExports)[] = [
  'differenceTokens',
  'magnitudeTokens',
  'exponentLevels',
  'countTokens',
  'mapBytes',
  'sumSizes',
  'encodingTable',
  'encodeTokens',
  'decodingTable',
  'packBits',
  'decodeElements',
];
