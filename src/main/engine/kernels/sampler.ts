import type { ExpectedFileReader } from './expected-file';
import type { Kernels } from './kernels';
import type { Packed } from './messages';
import { pack } from './packed';
import { type SamplePlan, samplePlan } from './sampler-plan';
import { readSamples } from './sampler-reads';
import { type TensorSampler, tensorSampler } from './sampler-tensor';
import { encodeSignature } from './signature-codec';
import type { TensorTarget } from './targets';
import { openTensor, type ReadStep } from './tensor-reader';

/** How many times a file's bytes all targets together may name that are signed apart. */
const MAX_APART_PASSES = 8;
/** Bytes that all deflated targets of a file may inflate to: so many times its size, or so many. */
const MAX_INFLATED_PASSES = 16;
const MAX_INFLATED_TOTAL = 1_073_741_824;

/** A target that can be signed, and where its signature goes. */
interface Signable {
  readonly index: number;
  readonly target: TensorTarget;
  readonly plan: SamplePlan;
}

/** How the targets of a file are signed: the same, whether in a pass or by reads. */
interface Division {
  /** By offset, apart from each other: what one pass over the file can sign. */
  readonly inPass: readonly Signable[];
  /** Deflated ones, and those that overlap one before. */
  readonly apart: readonly Signable[];
  /** Targets that say what another one says, by its index. */
  readonly copies: ReadonlyMap<number, number>;
}

/** Signs the tensors of one file. */
export interface FileSampler {
  /** The next bytes of the file, in order: a view of the kernels' memory. */
  update(bytes: Uint8Array): void;
  /**
   * After the whole file: signs what one pass cannot. `window` is of the kernels' memory; `step` is
   * called before each read. Throws TaskFailure where the file cannot be read.
   */
  finish(file: ExpectedFileReader, window: Uint8Array, step: ReadStep): Packed;
}

/** Targets that contradict themselves, their kind or the file get no signature. */
export function fileSampler(
  targets: readonly TensorTarget[],
  fileSize: number,
  kernels: Kernels,
): FileSampler {
  const { inPass, apart, copies } = divide(targets, fileSize);
  const sampler = tensorSampler(kernels);
  const signatures = new Signatures(targets.length, copies);
  let next = 0;
  let isOpen = false;
  let position = 0;

  return {
    update: (bytes) => {
      const end = position + bytes.length;
      for (let open = inPass[next]; open !== undefined; open = inPass[next]) {
        const { offset, length } = open.target;
        if (offset >= end) break;
        if (!isOpen) sampler.begin(open.target, open.plan);
        isOpen = true;
        const from = Math.max(offset, position);
        sampler.feed(bytes.subarray(from - position, offset + length - position), from - offset);
        if (offset + length > end) break;
        signatures.set(open.index, sampler);
        isOpen = false;
        next += 1;
      }
      position = end;
    },
    finish: (file, window, step) => {
      for (const each of apart) signByReads(file, each, sampler, window, step, signatures);
      return signatures.packed();
    },
  };
}

/** As `fileSampler` after its pass, bit for bit, but with no more reads than the samples need. */
export function signTargets(
  targets: readonly TensorTarget[],
  file: ExpectedFileReader,
  kernels: Kernels,
  window: Uint8Array,
  step: ReadStep,
): Packed {
  const { inPass, apart, copies } = divide(targets, file.size);
  const sampler = tensorSampler(kernels);
  const signatures = new Signatures(targets.length, copies);
  for (const each of [...inPass, ...apart]) {
    signByReads(file, each, sampler, window, step, signatures);
  }
  return signatures.packed();
}

function signByReads(
  file: ExpectedFileReader,
  { index, target, plan }: Signable,
  sampler: TensorSampler,
  window: Uint8Array,
  step: ReadStep,
  signatures: Signatures,
): void {
  const reader = openTensor(file, target, step);
  if (reader === null) return;
  sampler.begin(target, plan);
  readSamples(plan, reader, window, (bytes, at) => sampler.feed(bytes, at));
  signatures.set(index, sampler);
}

/** Encoded signatures by target. */
class Signatures {
  readonly #encoded: (Uint8Array | null)[];

  constructor(
    count: number,
    private readonly copies: ReadonlyMap<number, number>,
  ) {
    this.#encoded = Array.from({ length: count }, () => null);
  }

  /** Takes what the sampler holds. */
  set(index: number, sampler: TensorSampler): void {
    this.#encoded[index] = encodeSignature(sampler.finish());
  }

  packed(): Packed {
    for (const [index, of] of this.copies) this.#encoded[index] = this.#encoded[of] ?? null;
    return pack(this.#encoded);
  }
}

/**
 * Work that a hostile header orders stays bounded: equal targets are signed once, those that overlap
 * others or are deflated only up to a total in bytes; beyond it they get no signature.
 */
function divide(targets: readonly TensorTarget[], fileSize: number): Division {
  const copies = new Map<number, number>();
  const seen = new Map<string, number>();
  const inPass: Signable[] = [];
  const apart: Signable[] = [];
  let left = MAX_APART_PASSES * fileSize;
  let inflatable = Math.max(MAX_INFLATED_TOTAL, MAX_INFLATED_PASSES * fileSize);
  let end = 0;
  for (const each of signableOf(targets, fileSize)) {
    const { index, target } = each;
    const key = keyOf(target);
    const same = seen.get(key);
    if (same === undefined) seen.set(key, index);
    if (same !== undefined) copies.set(index, same);
    else if (target.inflate !== undefined) {
      inflatable -= target.inflate.skip + target.inflate.length;
      if (inflatable >= 0) apart.push(each);
    } else if (target.offset < end) {
      left -= target.length;
      if (left >= 0) apart.push(each);
    } else {
      inPass.push(each);
      end = target.offset + target.length;
    }
  }
  return { inPass, apart, copies };
}

function signableOf(targets: readonly TensorTarget[], fileSize: number): Signable[] {
  const signable: Signable[] = [];
  for (const [index, target] of targets.entries()) {
    const plan = isInside(target, fileSize) ? samplePlan(target) : undefined;
    if (plan === undefined || plan.bytes !== (target.inflate ?? target).length) continue;
    signable.push({ index, target, plan });
  }
  return signable.sort((a, b) => a.target.offset - b.target.offset || a.index - b.index);
}

/** Whether it is an object as its type says, of whole bytes inside the file. */
function isInside(target: TensorTarget | null | undefined, fileSize: number): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const { offset, length, inflate } = target;
  if (!isCount(offset) || !isCount(length) || offset + length > fileSize) return false;
  return inflate === undefined || (isCount(inflate?.skip) && isCount(inflate.length));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function keyOf({ offset, length, kind, elements, rows, matrix, inflate }: TensorTarget): string {
  const more = inflate === undefined ? '' : `:${inflate.skip}:${inflate.length}`;
  return `${offset}:${length}:${kind}:${elements}:${rows}:${matrix}${more}`;
}
