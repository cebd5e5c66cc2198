import type { MetadataPage } from '../../../shared/domain';
import type { Model } from '../model/model';
import { EngineError, type MetadataQuery } from '../protocol';
import { boundItems } from './metadata';
import { atPath } from './metadata-arrays';

/** Items `from` up to `from + count` of a list in the metadata. Throws EngineError. */
export function metadataItems(
  model: Model,
  query: Pick<MetadataQuery, 'path'> & { readonly from: number; readonly count: number },
): MetadataPage {
  return atPath(model, query.path, (found) => {
    if (found.kind === 'value') {
      throw new EngineError('not-found', `This value of ${model.name} is not a list.`);
    }
    const items = found.array.read(query.from, query.count);
    return { total: found.array.count, from: query.from, items: boundItems(items) };
  });
}
