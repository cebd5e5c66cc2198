import type { Estimate } from '../../../shared/domain';
import type { PairSpec, ValueMeasure } from '../kernels/messages';
import type { TensorTarget } from '../kernels/targets';
import { type Content, type Inventory, type InventorySource, inventoryOf } from './inventory';
import { type ContentOption, exactEstimate, storedOf } from './library';
import { type Input, type Running, runTasks } from './tasks';

/** Bytes of one task, about: cancelling and pausing take no longer than that. */
const BATCH_BYTES = 64 << 20;
const BATCH_ITEMS = 512;

export interface MeasureSource extends InventorySource {
  /** Signature numbers of candidate bases of a signature, by number; any count. */
  readonly basesOf: (signed: number) => readonly number[];
  /** What was measured before; null: cannot be measured; undefined: not yet. */
  readonly known: (tensor: number, base: number) => ValueMeasure | null | undefined;
  /** Told what is measured now, by signature numbers. */
  readonly learned: (tensor: number, base: number, measure: ValueMeasure | null) => void;
}

export interface MeasureProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/**
 * What a library of the members would weigh, every byte weighed: distinct contents once, casts
 * verified, each remaining tensor alone or as a difference from its best base. `undefined` when
 * stopped before the end. Rejects with ReadingFailed when a file cannot be read or has changed.
 */
export async function measureLibrary(
  source: MeasureSource,
  running: Running,
  progress: (progress: MeasureProgress) => void,
): Promise<Estimate | undefined> {
  const started = performance.now();
  const inventory = inventoryOf(source);
  const weighing = weighTasks(inventory);
  const pairing = pairBatches(inventory, source);
  const totalBytes = bytesOf(weighing) + bytesOf(pairing);
  let doneBytes = 0;
  const advance = (bytes: number): void => {
    doneBytes += bytes;
    progress({ doneBytes, totalBytes });
  };
  const alone = Float64Array.from(inventory.contents, (content) => content.novelBytes);
  await runTasks<'weigh', WeighBatch>(weighing, running, (batch, { tensors, bytes }) => {
    batch.tensorOf.forEach((content, at) => {
      const { length, novelBytes } = inventory.contents[content] as Content;
      alone[content] = (Math.min(tensors[at] ?? length, length) * novelBytes) / length;
    });
    batch.rangeOf.forEach((content, at) => {
      const raw = batch.bytes[at]?.length ?? 0;
      alone[content] = (alone[content] ?? 0) - raw + Math.min(bytes[at] ?? raw, raw);
    });
    advance(batch.size);
  });
  await runTasks<'pair', PairBatch>(pairing, running, (batch, { measures }) => {
    batch.signed.forEach(([tensor, base], at) => {
      const measure = measures[at];
      const values = measure === null || measure?.how === 'rows' ? null : (measure ?? null);
      source.learned(tensor, base, values);
    });
    advance(batch.size);
  });
  if (running.stopped()) return undefined;
  const stored = storedOf(inventory, alone, optionsOf(inventory, source));
  const milliseconds = Math.round(performance.now() - started);
  const sampledTensors = inventory.tensors;
  return exactEstimate(inventory, stored, {
    kind: 'measured',
    bytesRead: doneBytes,
    milliseconds,
    sampledTensors,
  });
}

interface WeighBatch extends Input<'weigh'> {
  readonly tensors: TensorTarget[];
  readonly bytes: { readonly offset: number; readonly length: number }[];
  /** Content of each tensor, and of each range. */
  readonly tensorOf: number[];
  readonly rangeOf: number[];
  size: number;
}

function weighTasks({ files, contents }: Inventory): WeighBatch[] {
  const batches: WeighBatch[] = [];
  let open: WeighBatch | undefined;
  let openFile = -1;
  const batchFor = (file: number): WeighBatch => {
    const at = files[file];
    if (at === undefined) throw new RangeError(`expected a file, found number ${file}`);
    const items = (open?.tensors.length ?? 0) + (open?.bytes.length ?? 0);
    if (open !== undefined && file === openFile && open.size < BATCH_BYTES && items < BATCH_ITEMS) {
      return open;
    }
    open = { kind: 'weigh', ...at, tensors: [], bytes: [], tensorOf: [], rangeOf: [], size: 0 };
    openFile = file;
    batches.push(open);
    return open;
  };
  for (const [at, { file, target, novel, length }] of contents.entries()) {
    if (novel.length === 0) continue;
    if (target !== undefined) {
      const batch = batchFor(file);
      batch.tensors.push(target);
      batch.tensorOf.push(at);
      batch.size += length;
      continue;
    }
    for (const range of novel) {
      const batch = batchFor(file);
      batch.bytes.push(range);
      batch.rangeOf.push(at);
      batch.size += range.length;
    }
  }
  return batches;
}

interface PairBatch extends Input<'pair'> {
  readonly pairs: PairSpec[];
  /** Signature numbers of each pair: tensor, base. */
  readonly signed: (readonly [number, number])[];
  size: number;
}

/** Pairs that were not measured before, together by the two files that they are in. */
function pairBatches(inventory: Inventory, source: MeasureSource): PairBatch[] {
  const open = new Map<string, PairBatch>();
  const batches: PairBatch[] = [];
  for (const [tensor, base] of pairsOf(inventory, source)) {
    const known = source.known(tensor.signed, base.signed);
    const [a, b] = [inventory.files[tensor.file], inventory.files[base.file]];
    if (known !== undefined || a === undefined || b === undefined) continue;
    if (tensor.target === undefined || base.target === undefined) continue;
    const key = `${tensor.file}:${base.file}`;
    let batch = open.get(key);
    if (batch === undefined || batch.size >= BATCH_BYTES || batch.pairs.length >= BATCH_ITEMS) {
      batch = { kind: 'pair', a, b, pairs: [], signed: [], size: 0 };
      open.set(key, batch);
      batches.push(batch);
    }
    batch.pairs.push({ a: tensor.target, b: base.target, how: 'values' });
    batch.signed.push([tensor.signed, base.signed]);
    batch.size += tensor.length + base.length;
  }
  return batches;
}

function* pairsOf(
  inventory: Inventory,
  { basesOf }: Pick<MeasureSource, 'basesOf'>,
): Generator<readonly [Content, Content]> {
  const bySigned = contentsBySignature(inventory);
  for (const [signed, at] of bySigned) {
    const tensor = inventory.contents[at];
    for (const number of new Set(basesOf(signed))) {
      const base = inventory.contents[bySigned.get(number) ?? -1];
      const fits = base !== tensor && base?.target?.elements === tensor?.target?.elements;
      if (tensor !== undefined && base !== undefined && fits) yield [tensor, base];
    }
  }
}

/** Position of the content of each signature; contents that add nothing are no dependants. */
export function contentsBySignature({ contents }: Inventory): Map<number, number> {
  const found = new Map<number, number>();
  for (const [at, { signed }] of contents.entries()) {
    if (signed >= 0 && !found.has(signed)) found.set(signed, at);
  }
  return found;
}

function optionsOf(inventory: Inventory, source: MeasureSource): ContentOption[] {
  const bySigned = contentsBySignature(inventory);
  const options: ContentOption[] = [];
  for (const [tensor, base] of pairsOf(inventory, source)) {
    const measure = source.known(tensor.signed, base.signed);
    const at = { tensor: bySigned.get(tensor.signed) ?? -1, base: bySigned.get(base.signed) ?? -1 };
    if (measure === null || measure === undefined) continue;
    const cast = measure.castFromBase || measure.equal;
    options.push({ ...at, bytes: cast ? 0 : measure.deltaBytes, cast });
    if (measure.castToBase || measure.equal) {
      options.push({ tensor: at.base, base: at.tensor, bytes: 0, cast: true });
    }
  }
  return options;
}

const bytesOf = (batches: readonly { readonly size: number }[]): number =>
  batches.reduce((sum, batch) => sum + batch.size, 0);
