import { defaultThresholds } from '../../../../shared/domain';
import { openCatalogue } from '../../catalogue/catalogue';
import { discover } from '../../discover/discover';
import { modelWork, physicalKey, targetDigest, tensorDigests } from '../../jobs/work';
import type { Kernels } from '../../kernels/kernels';
import { pieceOf } from '../../kernels/packed';
import { fingerprintFile, WINDOW_BYTES } from '../../kernels/pass';
import type { Model } from '../../model/model';
import { factsOf } from '../../queries/facts';
import { logicalBytesOf } from '../../queries/models';
import { type FilePieces, PieceStore } from '../../sharing/pieces';
import { SharingIndex } from '../../sharing/sharing';
import type { FamilyInput, FamilyModel } from '../families-input';
import { entryOf, SimilarityIndex } from '../index';
import { memberOf } from '../members';
import { SignatureStore } from '../store';
import { estimatedPairs } from './families-world';

/** Floor and number of candidates, as the engine asks for them. */
const FLOOR = 0.7;
const CANDIDATES = 32;

/** Bytes of kernel memory that a pass over files needs, with room to spare. */
export const KERNEL_BYTES = WINDOW_BYTES * 4;

/** Families' input of the models below a path: read, fingerprinted and signed as the engine does it. */
export async function filesInput(paths: readonly string[], kernels: Kernels): Promise<FamilyInput> {
  const models: Model[] = [];
  await discover(paths, { onModel: (model) => models.push(model), onProblem: () => undefined });
  const pieces = new PieceStore();
  const sharing = new SharingIndex(pieces);
  const catalogue = openCatalogue(null);
  const store = new SignatureStore(catalogue, (digest) => pieces.hex(digest));
  const index = new SimilarityIndex();
  const entries = models.map((model): FamilyModel => {
    const work = modelWork(model);
    const ofFiles = work.files.map((file): FilePieces => {
      const { realPath, stamp } = file.file;
      const task = {
        path: realPath,
        plan: file.plan,
        views: file.views,
        targets: file.targets,
        expected: stamp,
      };
      const { fingerprint, viewHashes, signatures } = fingerprintFile(
        task,
        kernels,
        () => undefined,
      );
      const added = pieces.add(fingerprint, viewHashes);
      const signed = file.targets.map((target, at) => ({
        digest: targetDigest(file, added, target),
        target,
        data: pieceOf(signatures, at),
      }));
      store.put(signed.filter(({ digest }) => digest >= 0));
      return added;
    });
    const tensors = tensorDigests(model, work, ofFiles);
    const files = model.files.map((file, at) => ({ key: physicalKey(file), pieces: ofFiles[at] }));
    sharing.add({
      id: model.id,
      files: files.flatMap(({ key, pieces: own }) =>
        own === undefined ? [] : [{ key, pieces: own }],
      ),
      tensors,
    });
    return {
      model: memberOf(model, work, tensors, store).similar,
      logicalBytes: logicalBytesOf([model]),
      format: model.format,
      folder: model.folder,
      facts: factsOf(model),
      metadata: model.metadata,
    };
  });
  for (let number = 0; number < store.size; number++) {
    const signature = store.get(number);
    if (signature !== undefined) index.add(number, entryOf(signature));
  }
  return {
    models: entries,
    pending: [],
    thresholds: defaultThresholds,
    pairs: estimatedPairs(store),
    signatures: store,
    partners: (id) => sharing.partners(id),
    candidates: (signed) => index.candidates(signed, FLOOR, CANDIDATES).map(({ id }) => id),
  };
}
