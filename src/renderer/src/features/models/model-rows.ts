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

/**
 * By the folder they lie in, in natural order. A model alone in its folder (as most that have a
 * folder of their own) is listed under the source that it was opened from.
 */
export function groupByFolder(
  models: readonly ModelSummary[],
  sources: readonly SourceInfo[],
  bytes: (count: number) => string,
): readonly ModelGroup[] {
  const byId = new Map(sources.map((source) => [source.id, source]));
  const together = new Map<string, number>();
  for (const model of models) {
    const key = folderKey(model);
    together.set(key, (together.get(key) ?? 0) + 1);
  }
  const placeOf = (model: ModelSummary): Place => {
    const source = byId.get(model.sourceId);
    const alone = (together.get(folderKey(model)) ?? 0) < 2;
    return placeIn(source, model, alone || model.folder === source?.path);
  };
  const places = models.map((model) => ({ model, place: placeOf(model) }));
  return [...groupBy(places, ({ place }) => place.key)]
    .map(([key, members]) => {
      const rows = members.map(({ model }) => model);
      const total = rows.reduce((sum, model) => sum + model.logicalBytes, 0);
      const place = members[0]?.place;
      const path = place?.path ? ` · ${visibleText(clipMiddle(place.path))}` : '';
      return {
        key,
        label: visibleText(clipMiddle(place?.label ?? '')),
        detail: `${counted(rows.length, 'model')}, ${bytes(total)}${path}`,
        rows,
      };
    })
    .sort((a, b) => naturalCompare(a.label, b.label));
}

interface Place {
  readonly key: string;
  readonly label: string;
  readonly path: string;
}

const folderKey = (model: ModelSummary): string => `${model.sourceId} ${model.folder}`;

function placeIn(source: SourceInfo | undefined, model: ModelSummary, atRoot: boolean): Place {
  const name = source?.name ?? 'Closed';
  if (atRoot) return { key: model.sourceId, label: name, path: source?.path ?? '' };
  const root = source?.path ?? '';
  const inside = model.folder.startsWith(root) ? model.folder.slice(root.length) : '';
  const rest = inside.replace(/^[\\/]+/, '').replaceAll('\\', '/');
  const label = rest === '' ? model.folder : `${name}/${rest}`;
  return { key: folderKey(model), label, path: model.folder };
}

/** `BF16`, `F32, I64 +2`: the most frequent first; an en dash where there are no tensors. */
export function dtypesText(dtypes: ModelSummary['dtypes'], shown = 2): string {
  const names = Object.keys(dtypes);
  if (names.length === 0) return '–';
  const rest = names.length - shown;
  return `${names.slice(0, shown).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
}
