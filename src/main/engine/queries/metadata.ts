import type { MetadataValue } from '../../../shared/domain';

/** Metadata sent to a screen in one answer, in characters; what is longer is cut, and says so. */
const BUDGET = 1_000_000;
const MAX_STRING = 20_000;
const MAX_ITEMS = 1000;
const MAX_DEPTH = 12;

/** A copy that is small enough to show: long strings and lists end in a note of what is left out. */
export function boundMetadata(
  metadata: Readonly<Record<string, MetadataValue>>,
): Record<string, MetadataValue> {
  const budget = { left: BUDGET };
  return boundRecord(metadata, budget, 0);
}

/** As `boundMetadata`, for some items; none is left out, what is over the budget is only named. */
export function boundItems(items: readonly MetadataValue[]): MetadataValue[] {
  const budget = { left: BUDGET };
  return items.map((item) => bound(item, budget, 1));
}

function bound(value: MetadataValue, budget: { left: number }, depth: number): MetadataValue {
  budget.left -= 8;
  if (typeof value === 'string') return boundString(value, budget);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH || budget.left <= 0) return '…';
  if (isArray(value)) return boundList(value, budget, depth + 1);
  return boundRecord(value, budget, depth + 1);
}

const isArray = (value: MetadataValue): value is readonly MetadataValue[] => Array.isArray(value);

function boundString(text: string, budget: { left: number }): string {
  const limit = Math.max(0, Math.min(MAX_STRING, budget.left));
  budget.left -= Math.min(text.length, limit);
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}… (${text.length} characters)`;
}

function boundList(
  items: readonly MetadataValue[],
  budget: { left: number },
  depth: number,
): MetadataValue[] {
  const shown: MetadataValue[] = [];
  for (const item of items.slice(0, MAX_ITEMS)) {
    if (budget.left <= 0) break;
    shown.push(bound(item, budget, depth));
  }
  if (shown.length < items.length) shown.push(`… (${items.length - shown.length} more)`);
  return shown;
}

function boundRecord(
  record: Readonly<Record<string, MetadataValue>>,
  budget: { left: number },
  depth: number,
): Record<string, MetadataValue> {
  const entries = Object.entries(record);
  const shown: [string, MetadataValue][] = [];
  for (const [key, value] of entries.slice(0, MAX_ITEMS)) {
    if (budget.left <= 0) break;
    shown.push([boundString(key, budget), bound(value, budget, depth)]);
  }
  if (shown.length < entries.length) shown.push(['…', `${entries.length - shown.length} more`]);
  return Object.fromEntries(shown);
}
