import { openCatalogue } from '../../catalogue/catalogue';
import { discover } from '../../discover/discover';
import { type Inventory, inventoryOf } from '../../estimate/inventory';
import { JobBoard } from '../../jobs/board';
import { Fingerprints } from '../../jobs/fingerprint';
import type { KernelPool } from '../../jobs/pool';
import type { Model } from '../../model/model';
import { PieceStore } from '../../sharing/pieces';
import { SharingIndex } from '../../sharing/sharing';
import { MeasureBook } from '../measures';
import { Similarity } from '../similarity';
import { SignatureStore } from '../store';

export interface EngineParts {
  readonly similarity: Similarity;
  readonly board: JobBoard;
  readonly inventory: Inventory;
  /** An empty book: what is put there, `similarity` does not know. */
  readonly newBook: () => MeasureBook;
}

/**
 * The parts of an engine that similarity needs, in this thread and with a catalogue in memory:
 * everything below the folder fingerprinted, signed and joined. Throws where that failed.
 */
export async function fingerprintedParts(folder: string, pool: KernelPool): Promise<EngineParts> {
  const models: Model[] = [];
  await discover([folder], { onModel: (model) => models.push(model), onProblem: () => undefined });
  const pieces = new PieceStore();
  const board = new JobBoard(() => undefined);
  const catalogue = openCatalogue(null);
  const signatures = new SignatureStore(catalogue, (digest) => pieces.hex(digest));
  const newBook = (): MeasureBook => new MeasureBook(openCatalogue(null), signatures);
  const similarity = new Similarity(signatures, newBook());
  const fingerprints: Fingerprints = new Fingerprints({
    catalogue,
    pool,
    pieces,
    sharing: new SharingIndex(pieces),
    signatures,
    board,
    models: () => models,
    changed: () => undefined,
    joined: (model, digests) => similarity.join(model, fingerprints.work(model), digests),
    left: (ids) => similarity.leave(ids),
    settled: () => undefined,
  });
  fingerprints.start();
  await board.idle();
  const [problem] = fingerprints.problems();
  if (models.some((model) => fingerprints.state(model) !== 'done')) {
    throw new Error(`${folder} could not be fingerprinted: ${problem?.error ?? 'no reason known'}`);
  }
  const inventory = inventoryOf({
    members: similarity.members.all(),
    piecesOf: (key) => fingerprints.pieces(key),
    forEachFragment: (file, visit) => pieces.forEachFragment(file, visit),
  });
  return { similarity, board, inventory, newBook };
}
