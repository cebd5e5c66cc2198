import type { ValueKind } from './values';

/** Functions of assembly/values.ts; addresses are bytes in the kernels' memory. */
export interface ValueExports {
  readonly decodeValues: (kind: ValueKind, from: number, elements: number, to: number) => void;
}

/** Functions of assembly/sketch.ts and assembly/gather.ts. */
export interface SketchExports {
  readonly sketchValues: (values: number, count: number, out: number) => void;
  readonly simHash: (values: number, count: number, out: number) => void;
  readonly hashPrefixes: (
    from: number,
    stride: number,
    length: number,
    count: number,
    to: number,
  ) => void;
  readonly gatherElements: (
    starts: number,
    ranks: number,
    next: number,
    count: number,
    at: number,
    end: number,
    bytes: number,
    size: number,
    to: number,
  ) => number;
  readonly gatherRuns: (
    starts: number,
    next: number,
    count: number,
    at: number,
    end: number,
    bytes: number,
    length: number,
    to: number,
  ) => number;
  readonly smallestOf: (from: number, count: number, most: number, to: number) => number;
}

/** What `kernels.wasm` must export for them. */
export const sketchExports: readonly (keyof (ValueExports & SketchExports))[] = [
  'decodeValues',
  'sketchValues',
  'simHash',
  'hashPrefixes',
  'gatherElements',
  'gatherRuns',
  'smallestOf',
];
