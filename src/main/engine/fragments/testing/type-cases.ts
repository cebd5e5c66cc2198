import type { FragmentType } from '../../../../shared/domain';

/** Per architecture: names, their shapes, and the types that they must be told to be. */
export type TypeCases = Readonly<
  Record<string, readonly (readonly [name: string, shape: readonly number[], type: FragmentType])[]>
>;
