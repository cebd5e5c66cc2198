import { ROW_HASHES } from './row-hashes';
import type { SamplePlan, TensorShape, TransposedPlan } from './sampler-plan';
import { places, type Scratch } from './sampler-scratch';
import { SIMHASH_WORDS, type Signature } from './signature';
import { layoutOf } from './values';

/**
 * The signature of what was collected. Its arrays are views of the scratch, to be used before the
 * next tensor begins.
 */
export function sketchCollected(scratch: Scratch, shape: TensorShape, plan: SamplePlan): Signature {
  const { base, exports } = scratch;
  decodeSample(scratch, plan);
  exports.sketchValues(base + places.values, plan.positions, base + places.sketch);
  const { kind, elements, rows } = shape;
  return {
    kind,
    elements,
    rows,
    transposed: transposedSimhash(scratch, plan),
    rowHashes: chosenHashes(scratch, plan),
    ...sketchAt(scratch.bytes.buffer, base + places.sketch, plan.positions),
  };
}

function decodeSample({ bytes, base, exports }: Scratch, plan: SamplePlan): void {
  const { kind, runs, runBytes, skips, positions } = plan;
  const raw = base + places.raw;
  if (skips.length === 0) {
    exports.decodeValues(kind, raw, positions, base + places.values);
    return;
  }
  const { elements } = layoutOf(kind);
  const length = positions / runs.length;
  for (let run = 0; run < runs.length; run++) {
    exports.decodeValues(kind, raw + run * runBytes, elements, base + places.block);
    const from = places.block + 4 * (skips[run] as number);
    bytes.copyWithin(places.values + 4 * length * run, from, from + 4 * length);
  }
}

/** The sketch has left the sample's values rounded, in place: rounding them again changes nothing. */
function transposedSimhash(scratch: Scratch, plan: SamplePlan): Uint32Array | undefined {
  const { bytes, base, exports } = scratch;
  const { kind, transposed, positions } = plan;
  if (transposed === undefined) return undefined;
  const scattered = base + places.scattered;
  const values = transposed.all ? scattered : base + places.values;
  if (transposed.all) exchange(scratch, transposed);
  else exports.decodeValues(kind, scattered, positions, values);
  exports.simHash(values, positions, base + places.transposed);
  return new Uint32Array(bytes.buffer, base + places.transposed, SIMHASH_WORDS);
}

function exchange(
  { bytes, base }: Scratch,
  { rows, columns }: Extract<TransposedPlan, { all: true }>,
): void {
  const from = new Uint32Array(bytes.buffer, base + places.values, rows * columns);
  const to = new Uint32Array(bytes.buffer, base + places.scattered, rows * columns);
  for (let column = 0, i = 0; column < columns; column++) {
    for (let at = column; at < from.length; at += columns) to[i++] = from[at] as number;
  }
}

function chosenHashes({ bytes, base, exports }: Scratch, { rows }: SamplePlan): Uint32Array {
  if (rows === undefined) return new Uint32Array(0);
  bytes.copyWithin(places.chosen, places.hashes, places.hashes + 4);
  const to = base + places.chosen + 4;
  const count = exports.smallestOf(base + places.hashes, rows.rows, ROW_HASHES, to);
  return new Uint32Array(bytes.buffer, base + places.chosen, count + 1);
}

/** What `sketchValues` wrote; see assembly/sketch.ts. */
function sketchAt(
  memory: ArrayBufferLike,
  at: number,
  positions: number,
): Pick<Signature, 'simhash' | 'statistics' | 'exponents' | 'sample'> {
  const doubles = new Float64Array(memory, at, 2);
  const singles = new Float32Array(memory, at + 16, 2);
  const counts = new Uint32Array(memory, at + 24, 3);
  const statistics = {
    zeros: counts[0] as number,
    nans: counts[1] as number,
    infinities: counts[2] as number,
    mean: doubles[0] as number,
    deviation: doubles[1] as number,
    minimum: singles[0] as number,
    maximum: singles[1] as number,
  };
  return {
    statistics,
    simhash: new Uint32Array(memory, at + 40, SIMHASH_WORDS),
    exponents: new Uint16Array(memory, at + 72, 256),
    sample: new Uint16Array(memory, at + 584, positions),
  };
}
