/** Functions of assembly/{measure,planes,convert}.ts; addresses are bytes in the kernels' memory. */
export interface MeasureExports {
  readonly sumSingles: (a: number, b: number, count: number, state: number) => void;
  readonly sumDoubles: (a: number, b: number, count: number, state: number) => void;
  readonly differingBits: (a: number, b: number, bytes: number) => bigint;
  readonly countDelta: (
    width: number,
    element: number,
    base: number,
    count: number,
    order: bigint,
    shift: number,
    mask: number,
    histograms: number,
  ) => void;
  readonly countPlanes: (
    width: number,
    from: number,
    count: number,
    rotate: number,
    histograms: number,
  ) => void;
  readonly countBlocks: (
    from: number,
    blocks: number,
    blockBytes: number,
    histograms: number,
  ) => void;
  readonly countBlockDelta: (
    element: number,
    base: number,
    blocks: number,
    blockBytes: number,
    low: number,
    histograms: number,
  ) => void;
  readonly groupSizes: (histograms: number, width: number, groups: number, to: number) => void;
  /** 0 where there is no such conversion. */
  readonly encodeSingles: (kind: number, from: number, count: number, to: number) => number;
  readonly toIntegers: (kind: number, from: number, count: number, to: number) => number;
  readonly fromIntegers: (
    kind: number,
    from: number,
    count: number,
    to: number,
    unsigned: number,
  ) => number;
  readonly hashRows: (from: number, rowBytes: number, rows: number, to: number) => void;
}

/** What `kernels.wasm` must export for them. */
export const measureExports: readonly (keyof MeasureExports)[] = [
  'sumSingles',
  'sumDoubles',
  'differingBits',
  'countDelta',
  'countPlanes',
  'countBlocks',
  'countBlockDelta',
  'groupSizes',
  'encodeSingles',
  'toIntegers',
  'fromIntegers',
  'hashRows',
];
