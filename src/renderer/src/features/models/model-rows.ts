import type { ModelSummary, SourceInfo } from '../../../../shared/domain';
import { counted } from '../../lib/format';
import { groupBy } from '../../lib/group';
import { clipMiddle, visibleText } from '../../lib/hostile-text';
import { naturalCompare } from '../../lib/natural-sort';

/** A group of the Models table. Structurally what the table's grouped rows take. */
export interface ModelGroup {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly rows: readonly ModelSummary[];
}

/**
 * Models in which every word of `query` occurs: in the name, the format, a dtype or the folder,
 * without regard to case.
 */
export function filterModels(
  models: readonly ModelSummary[],
  query: string,
): readonly ModelSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return models;
  return models.filter((model) => {
    const text = [model.name, model.format, ...Object.keys(model.dtypes), model.folder]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** By the source they were opened from, sources in natural order of their names. */
export function groupBySource(
  models: readonly ModelSummary[],
  sources: readonly SourceInfo[],
  bytes: (count: number) => string,
): readonly ModelGroup[] {
  const byId = new Map(sources.map((source) => [source.id, source]));
  return [...groupBy(models, (model) => model.sourceId)]
    .map(([id, rows]) => {
      const source = byId.get(id);
      const total = rows.reduce((sum, model) => sum + model.logicalBytes, 0);
      const path = source ? ` · ${visibleText(clipMiddle(source.path))}` : '';
      return {
        key: id,
        label: visibleText(clipMiddle(source?.name ?? 'Closed')),
        detail: `${counted(rows.length, 'model')}, ${bytes(total)}${path}`,
        rows,
      };
    })
    .sort((a, b) => naturalCompare(a.label, b.label));
}

/** `BF16`, `F32, I64 +2`: the most frequent first; an en dash where there are no tensors. */
export function dtypesText(dtypes: ModelSummary['dtypes'], shown = 2): string {
  const names = Object.keys(dtypes);
  if (names.length === 0) return '–';
  const rest = names.length - shown;
  return `${names.slice(0, shown).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
}
