import { tensorTargets } from '../jobs/targets';
import { type FileWork, fileAt, type ModelWork, modelWork, physicalKey } from '../jobs/work';
import type { FileAt } from '../kernels/messages';
import type { TensorTarget } from '../kernels/targets';
import type { ValueKind } from '../kernels/values';
import type { Model } from '../model/model';
import { normalisedName } from '../similarity/names';

/** A stretch of a physical file that is stored as one: a tensor, or the bytes between tensors. */
export interface Unit {
  /** Position in `Population.files`. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  /** Undefined: bytes whose values are not known, or not to be had without inflating. */
  readonly values: { readonly kind: ValueKind; readonly elements: number } | undefined;
  /** What partners in other models are called, too; see `normalisedName`. */
  readonly name: string;
}

/** Everything that a library of some models would hold, each physical file once. */
export interface Population {
  readonly files: readonly FileAt[];
  readonly units: readonly Unit[];
  readonly logicalBytes: number;
  readonly models: number;
  readonly tensors: number;
}

/** Units tile the files: their lengths add up to `logicalBytes`. Only headers were read for it. */
export function populationOf(
  models: readonly Model[],
  workOf: (model: Model) => ModelWork = modelWork,
): Population {
  const seen = new Set<string>();
  const files: FileAt[] = [];
  const units: Unit[] = [];
  let tensors = 0;
  for (const model of models) {
    const targets = targetsByFile(model);
    tensors += model.tensors.length;
    for (const [at, work] of workOf(model).files.entries()) {
      const key = physicalKey(work.file);
      if (seen.has(key)) continue;
      seen.add(key);
      for (const unit of unitsOf(work, files.length, targets[at] ?? new Map())) units.push(unit);
      files.push(fileAt(work));
    }
  }
  const logicalBytes = files.reduce((sum, file) => sum + file.expected.size, 0);
  return { files, units, logicalBytes, models: models.length, tensors };
}

interface Named {
  readonly name: string;
  readonly target: TensorTarget | undefined;
}

function targetsByFile(model: Model): Map<string, Named>[] {
  const targets = tensorTargets(model.tensors);
  const found = model.files.map(() => new Map<string, Named>());
  for (const [at, tensor] of model.tensors.entries()) {
    const key = `${tensor.offset}:${tensor.byteLength}`;
    const file = found[tensor.file];
    if (file === undefined || file.has(key)) continue;
    file.set(key, { name: normalisedName(tensor.name), target: targets[at] });
  }
  return found;
}

function unitsOf(work: FileWork, file: number, tensors: ReadonlyMap<string, Named>): Unit[] {
  const { offsets, lengths, rowBytes } = work.plan;
  const first = [...tensors.values()][0]?.name;
  const fileName = work.file.path.slice(work.file.path.lastIndexOf('/') + 1);
  let place = first === undefined ? `all of ${fileName}` : `before ${first}`;
  return Array.from(offsets, (offset, at): Unit => {
    const length = lengths[at] ?? 0;
    const named = (rowBytes[at] ?? 0) > 0 ? tensors.get(`${offset}:${length}`) : undefined;
    if (named === undefined) {
      return { file, offset, length, values: undefined, name: place };
    }
    place = `behind ${named.name}`;
    const { target, name } = named;
    const isPlain = target !== undefined && target.inflate === undefined;
    const values = isPlain ? { kind: target.kind, elements: target.elements } : undefined;
    return { file, offset, length, values, name };
  });
}

/** Units of one kind and about one size (by factors of four) are taken to be alike. */
export const stratumOf = ({ values, length }: Unit): string =>
  `${values?.kind ?? 'bytes'}/${Math.floor(Math.log2(Math.max(1, length)) / 2)}`;
