import type { SourceInfo } from '../../../shared/domain';
import { physicalKey } from '../jobs/work';
import type { Source } from '../registry';
import { logicalBytesOf } from './models';

export function sourceInfo(source: Source): SourceInfo {
  const models = [...source.models.values()];
  const files = new Set(models.flatMap((model) => model.files.map(physicalKey)));
  return {
    id: source.id,
    path: source.path,
    name: source.name,
    kind: source.kind,
    state: source.state,
    models: models.length,
    files: files.size,
    logicalBytes: logicalBytesOf(models),
  };
}
