import { discover } from '../../discover/discover';
import type { KernelPool } from '../../jobs/pool';
import { tensorTargets } from '../../jobs/targets';
import { modelWork, tensorDigests } from '../../jobs/work';
import type { ValueMeasure } from '../../kernels/messages';
import type { Model } from '../../model/model';
import { type FilePieces, PieceStore } from '../../sharing/pieces';
import type { Member } from '../../similarity/members';
import { normalisedName } from '../../similarity/names';
import type { MeasureSource } from '../measure';

/** All models below a folder. */
export async function modelsBelow(folder: string): Promise<Model[]> {
  const models: Model[] = [];
  await discover([folder], {
    signal: new AbortController().signal,
    onModel: (model) => models.push(model),
    onProblem: () => {},
    onProgress: () => {},
  });
  return models;
}

/** Classes of tensors of equal element counts up to this are compared all with all. */
const ALL_PAIRS = 48;

/**
 * The models fingerprinted in full, with every tensor of equal element count (in large classes: of
 * equal name, too) as a candidate base. Numbers of signatures are made up: nothing is signed.
 */
export async function measureSourceOf(
  models: readonly Model[],
  pool: KernelPool,
): Promise<MeasureSource> {
  const pieces = new PieceStore();
  const filePieces = await piecesOf(models, pool, pieces);
  const numbers = new Map<string, number>();
  const facts: { readonly elements: number; readonly name: string }[] = [];
  const members = models.map((model): Member => {
    const work = modelWork(model);
    const known = work.files.map((file) => filePieces.get(file.key) as FilePieces);
    const digests = tensorDigests(model, work, known);
    const targets = tensorTargets(model.tensors);
    const tensors = model.tensors.map(({ name, dtype, shape, byteLength }, at) => {
      const digest = digests[at] ?? -1;
      const target = targets[at];
      const elements = target?.elements ?? 0;
      const key = `${digest}:${target?.kind}:${elements}`;
      let signed = target === undefined || digest < 0 ? -1 : (numbers.get(key) ?? facts.length);
      if (target?.inflate !== undefined) signed = -1;
      if (signed === facts.length) {
        numbers.set(key, signed);
        facts.push({ elements, name: normalisedName(name) });
      }
      return { name, dtype, shape, byteLength, elements, digest, signed };
    });
    return { model, work, targets, similar: { id: model.id, name: model.name, tensors } };
  });
  const measures = new Map<string, ValueMeasure | null>();
  const classes = grouped(facts);
  return {
    members,
    piecesOf: (key) => filePieces.get(key),
    forEachFragment: (file, visit) => pieces.forEachFragment(file, visit),
    basesOf: (signed) => {
      const own = facts[signed];
      const alike = classes.get(own?.elements ?? -1) ?? [];
      const isSmall = alike.length <= ALL_PAIRS;
      return alike.filter((at) => at !== signed && (isSmall || facts[at]?.name === own?.name));
    },
    known: (tensor, base) => measures.get(`${tensor}:${base}`),
    learned: (tensor, base, measure) => measures.set(`${tensor}:${base}`, measure),
  };
}

function grouped(facts: readonly { readonly elements: number }[]): Map<number, number[]> {
  const classes = new Map<number, number[]>();
  for (const [at, { elements }] of facts.entries()) {
    const list = classes.get(elements);
    if (list === undefined) classes.set(elements, [at]);
    else list.push(at);
  }
  return classes;
}

async function piecesOf(
  models: readonly Model[],
  pool: KernelPool,
  pieces: PieceStore,
): Promise<Map<string, FilePieces>> {
  const lane = pool.lane();
  const found = new Map<string, FilePieces>();
  for (const work of models.flatMap((model) => modelWork(model).files)) {
    if (found.has(work.key)) continue;
    const { plan, views, file } = work;
    const { size, mtimeNs, inode } = file.stamp;
    const expected = { size, mtimeNs, inode };
    const task = {
      kind: 'fingerprint',
      path: file.realPath,
      plan,
      views,
      targets: [],
      expected,
    } as const;
    const outcome = await lane.run(task);
    if (outcome.kind !== 'done') throw new Error(`${file.realPath}: ${JSON.stringify(outcome)}`);
    found.set(work.key, pieces.add(outcome.result.fingerprint, outcome.result.viewHashes));
  }
  return found;
}
