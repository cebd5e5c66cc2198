/**
 * Kernels over shared linear memory. Every function is pure over the memory that it is handed;
 * `../reference` holds the slow TypeScript twin of each, and the tests hold them equal.
 *
 * Memory: the first page (64 KiB) is the kernels' own: one KiB for state that the host keeps
 * between calls, then tables, up to `tablesEnd`. The host's buffers begin at the second page.
 */

export * from './chunk';
export * from './fields';
export * from './gather';
export * from './measure';
export {
  decodeElements,
  decodingTable,
  encodeTokens,
  encodingTable,
  packBits,
} from './rans';
export {
  countTokens,
  differenceTokens,
  exponentLevels,
  magnitudeTokens,
  mapBytes,
  sumSizes,
} from './rans-model';
export * from './runs';
export * from './sketch';
export { countGroups, sortDelta, sortWorkspace, unsortDelta } from './sort';
export {
  deltaPlanes,
  mergePlanes,
  predictTwo,
  splitPlanes,
  undoDelta,
  xorBytes,
} from './transform';
export * from './values';

/** Where the kernels' tables end; the host checks that it is inside the first page. */
export function tablesEnd(): usize {
  return __heap_base;
}
