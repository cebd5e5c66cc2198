import type { MetadataValue } from '../../../../../shared/domain';
import { visibleText } from '../../../lib/hostile-text';
import { naturalCompare } from '../../../lib/natural-sort';

/** How a value is drawn: in one line, or as a branch with entries of its own. */
export type MetadataShape =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'branch';
      readonly entries: readonly (readonly [string, MetadataValue])[];
      /** `3 keys`, `12 items`. */
      readonly summary: string;
      /** The file holds a string whose text is JSON. */
      readonly fromText: boolean;
    };

const INLINE_ITEMS = 8;
const INLINE_CHARACTERS = 60;
const PARSED_CHARACTERS = 200_000;

/** A text as a block of lines: its line breaks and tabs are kept, all else invisible is shown. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(visibleText).join('\t'))
    .join('\n');
}

/** The texts of a page of items, for the filter and for showing them in one line. */
export function itemText(value: MetadataValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The first item of the page on which an item stands. */
export function pageOf(index: number, total: number, size: number): number {
  const inside = Math.min(Math.max(0, Math.floor(index)), Math.max(0, total - 1));
  return inside - (inside % size);
}

export function shapeOf(value: MetadataValue): MetadataShape {
  if (typeof value === 'string') {
    const parsed = parseNested(value);
    if (parsed === undefined) return { kind: 'text', text: value, quoted: true };
    return { ...branchOf(parsed), fromText: true };
  }
  if (value === null || typeof value !== 'object') {
    return { kind: 'text', text: String(value), quoted: false };
  }
  const inline = inlineList(value);
  return inline === undefined
    ? { ...branchOf(value), fromText: false }
    : { kind: 'text', text: inline, quoted: false };
}

type Nested = readonly MetadataValue[] | { readonly [key: string]: MetadataValue };

const isList = (value: Nested): value is readonly MetadataValue[] => Array.isArray(value);

/** Keys of a map have no order of their own; people look for them in natural order. */
export const sortedEntries = (value: { readonly [key: string]: MetadataValue }) =>
  Object.entries(value).toSorted(([a], [b]) => naturalCompare(a, b));

function branchOf(value: Nested) {
  const entries: readonly (readonly [string, MetadataValue])[] = isList(value)
    ? value.map((item, i) => [String(i), item] as const)
    : sortedEntries(value);
  const unit = isList(value) ? 'item' : 'key';
  const summary = `${entries.length} ${unit}${entries.length === 1 ? '' : 's'}`;
  return { kind: 'branch', entries, summary } as const;
}

/** A short list of numbers or words reads better in one line. */
function inlineList(value: Nested): string | undefined {
  if (!isList(value)) return Object.keys(value).length === 0 ? '{}' : undefined;
  if (value.length > INLINE_ITEMS) return undefined;
  if (value.some((item) => item !== null && typeof item === 'object')) return undefined;
  const text = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
  return text.length <= INLINE_CHARACTERS ? text : undefined;
}

/** Writers put JSON into string values; it is shown as what it says. */
function parseNested(text: string): Nested | undefined {
  if (text.length > PARSED_CHARACTERS || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return Object.keys(parsed).length > 0 ? (parsed as Nested) : undefined;
  } catch {
    return undefined;
  }
}
