import type { MetadataValue } from '../../../shared/domain';

/** An array that stands in the metadata as a record: its items lie in the file. */
export interface LongArrayInfo {
  readonly count: number;
  /** The items' type, as the format names it. */
  readonly of: string;
}

/** The long array that a metadata value stands for; undefined for every other value. */
export function longArrayOf(value: MetadataValue): LongArrayInfo | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { arrayOf, count, offset, byteLength, first } = value as Partial<
    Record<string, MetadataValue>
  >;
  if (typeof arrayOf !== 'string' || typeof count !== 'number') return undefined;
  if (typeof offset !== 'number' || typeof byteLength !== 'number') return undefined;
  return Array.isArray(first) ? { count, of: arrayOf } : undefined;
}
