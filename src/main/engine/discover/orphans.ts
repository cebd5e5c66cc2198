import { readWeights } from './assemble';
import { LARGE_FILE_BYTES } from './names';
import { STORE_KEY } from './places';
import { emit, type Search } from './search';
import { orphan } from './store-problems';
import { allocatedBytes, type FoundFile } from './walk';

/** Digits of a digest that name a blob on screen. */
const SHORT_DIGEST = 12;

export interface Orphan {
  readonly file: FoundFile;
  /** What names the blob in its store: a digest, as a rule. */
  readonly digest: string;
  readonly folder: string;
  /** The repository that it lay in, where the store tells. */
  readonly repository?: string;
  readonly store: 'Hugging Face' | 'Ollama';
  /** One sentence: what does not refer to it. */
  readonly why: string;
  /** Set when the store could not be read whole, so that something may refer to it after all. */
  readonly caution?: string;
}

/**
 * Reports a blob that nothing refers to, and hands it out as a model when it is read as one or is
 * large: what takes space shows with all else that does.
 */
export function takeOrphan(search: Search, one: Orphan): void {
  const { file, repository } = one;
  const bytes = allocatedBytes(file.realPath, file.stamp.size);
  search.report(orphan(file.path, bytes, one.why, one.caution));
  const weights = readWeights(file, search.roots, search.report);
  if (weights === undefined) return;
  const isSmall = file.stamp.size < LARGE_FILE_BYTES;
  if (isSmall && weights.header.format === 'opaque') return;
  const name = `orphan ${one.digest.slice(0, SHORT_DIGEST)}`;
  emit(search, {
    name: repository === undefined ? name : `${repository} ${name}`,
    folder: one.folder,
    location: file.path,
    kind: 'file',
    weights: [weights],
    sidecars: [],
    metadata: {
      [STORE_KEY]: {
        kind: one.store,
        category: 'Orphan',
        ...(repository === undefined ? {} : { repository }),
      },
    },
  });
}
