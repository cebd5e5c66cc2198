import { openCatalogue } from '../../catalogue/catalogue';
import { discover } from '../../discover/discover';
import { assignBases, type Option } from '../../estimate/assign';
import { contentsBySignature } from '../../estimate/measure';
import { JobBoard } from '../../jobs/board';
import { Fingerprints } from '../../jobs/fingerprint';
import type { KernelPool } from '../../jobs/pool';
import { layoutOf, valueKinds } from '../../kernels/values';
import type { Model } from '../../model/model';
import { PieceStore } from '../../sharing/pieces';
import { SharingIndex } from '../../sharing/sharing';
import { optionsOf } from '../../similarity/bases';
import { estimateAlone } from '../../similarity/estimate-pair';
import { MeasureBook } from '../../similarity/measures';
import { Similarity } from '../../similarity/similarity';
import { SignatureStore } from '../../similarity/store';
import { type PackableContents, packableContents } from '../contents';
import type { BasesOf } from '../plan';

export interface Packable {
  readonly contents: PackableContents;
  /** As signatures alone have it. */
  readonly basesOf: BasesOf;
  /** What it took to fingerprint and sign everything, and to choose the bases. */
  readonly seconds: { readonly fingerprint: number; readonly choose: number };
}

/** Everything below a folder, fingerprinted and with bases chosen. Throws where that failed. */
export async function packableFolder(folder: string, pool: KernelPool): Promise<Packable> {
  const models: Model[] = [];
  await discover([folder], { onModel: (model) => models.push(model), onProblem: () => undefined });
  const started = performance.now();
  const { pieces, similarity, fingerprints } = await fingerprinted(models, pool);
  const read = performance.now();
  const contents = packableContents({
    members: similarity.members.all(),
    piecesOf: (key) => fingerprints.pieces(key),
    forEachFragment: (file, visit) => pieces.forEachFragment(file, visit),
    hashOf: (digest) => pieces.hex(digest),
  });
  const basesOf = basesBySignature(contents, similarity);
  const seconds = {
    fingerprint: (read - started) / 1000,
    choose: (performance.now() - read) / 1000,
  };
  return { contents, basesOf, seconds };
}

async function fingerprinted(models: readonly Model[], pool: KernelPool) {
  const pieces = new PieceStore();
  const board = new JobBoard(() => undefined);
  const catalogue = openCatalogue(null);
  const signatures = new SignatureStore(catalogue, (digest) => pieces.hex(digest));
  const similarity = new Similarity(signatures, new MeasureBook(openCatalogue(null), signatures));
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
  if (models.some((model) => fingerprints.state(model) !== 'done')) {
    throw new Error(`not fingerprinted: ${fingerprints.problems()[0]?.error ?? 'no reason known'}`);
  }
  return { pieces, similarity, fingerprints };
}

/** One base at most for each content, chosen as the estimate from signatures chooses. */
function basesBySignature({ inventory }: PackableContents, similarity: Similarity): BasesOf {
  const { index, relations, store } = similarity;
  const bySigned = contentsBySignature(inventory);
  const alone = Float64Array.from(inventory.contents, ({ novelBytes }) => novelBytes);
  const options: Option[] = [];
  const widthOf = (signed: number): number =>
    layoutOf(store.get(signed)?.kind ?? valueKinds.U8).bytes;
  // A relation does not tell which of the two is the cast: never the wider one.
  const isWider = (base: number, signed: number): boolean => widthOf(base) > widthOf(signed);
  for (const [signed, tensor] of bySigned) {
    const signature = store.get(signed);
    if (signature === undefined) continue;
    const length = inventory.contents[tensor]?.length ?? 0;
    const aloneBytes = Math.min(length, estimateAlone(signature, length));
    alone[tensor] = aloneBytes;
    const subject = { signed, elements: signature.elements, aloneBytes };
    const found = optionsOf(subject, (id) => bySigned.has(id), index, relations);
    for (const { base, bytes } of found) {
      const relation = relations.relate(signed, base);
      if (relation === undefined || relation.transposed) continue;
      const cost = relation.cast && isWider(base, signed) ? 0 : bytes;
      options.push({ tensor, base: bySigned.get(base) ?? tensor, bytes: cost });
    }
  }
  const chosen = assignBases(alone, options);
  return (content) => {
    const base = chosen[content]?.base;
    return base === undefined ? [] : [base];
  };
}
