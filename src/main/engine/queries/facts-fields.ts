import type { MetadataValue } from '../../../shared/domain';

const MAX_TEXT = 200;

/** The value of a record's own key; undefined for other keys, and for values that are no record. */
export type Fields = (key: string) => MetadataValue | undefined;

export function fields(value: MetadataValue | undefined): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return () => undefined;
  const record = value as Readonly<Record<string, MetadataValue>>;
  return (key) => (Object.hasOwn(record, key) ? record[key] : undefined);
}

/** A text that says something; writers put `None` where they know nothing. */
export function text(value: MetadataValue | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  if (trimmed === '' || trimmed === 'None') return undefined;
  return trimmed.length <= MAX_TEXT ? trimmed : `${trimmed.slice(0, MAX_TEXT - 1)}…`;
}

/** A finite number, also where the format has only texts. */
export function number(value: MetadataValue | undefined): number | undefined {
  const given = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof given === 'number' && Number.isFinite(given) ? given : undefined;
}

/** A whole number from 0 on. */
export function count(value: MetadataValue | undefined): number | undefined {
  const given = number(value);
  return given !== undefined && Number.isSafeInteger(given) && given >= 0 ? given : undefined;
}

/** A list of texts only. */
export function texts(value: MetadataValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: readonly MetadataValue[] = value;
  const strings = list.filter((item): item is string => typeof item === 'string');
  return strings.length === list.length ? strings : undefined;
}

/** The first value that is there. */
export function first<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}

/** What is there of some words, or undefined when nothing is. */
export function joined(
  parts: readonly (string | number | undefined | false)[],
  by = ' ',
): string | undefined {
  const there = parts.filter((part) => part !== undefined && part !== false && part !== '');
  return there.length === 0 ? undefined : there.join(by);
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The record without the fields that are undefined. */
export function optional<T extends object>(record: T): Present<T> {
  const there = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as Present<T>;
}
