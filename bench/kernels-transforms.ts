import { sortWorkspaceBytes } from '../src/main/engine/kernels/codec-exports';
import { createKernelMemory, type Kernels, loadKernels } from '../src/main/engine/kernels/kernels';
import { valueKinds } from '../src/main/engine/kernels/values';
import { type Contender, interleave, type Measured, table } from './harness';
import { blockPairs, bytePairs, castPairs, referencePairs } from './kernels-bytes';
import { floatPairs } from './kernels-floats';
import { type Pair, PLAIN, UNIT_BYTES } from './kernels-pairs';
import { type Sample, summarise } from './statistics';

/** A sample is the mean of so many runs in a row. */
const KERNEL_RUNS = 16;
const PLAIN_RUNS = 2;

export interface PairMeasured {
  readonly name: string;
  readonly bytes: number;
  readonly kernel: Measured;
  readonly plain: Measured;
}

/** Every kernel that codecs use over one fragment of made weights, beside plain JavaScript. */
export async function measureTransforms(file: string, rounds: number): Promise<PairMeasured[]> {
  const bytes = 3 * UNIT_BYTES + sortWorkspaceBytes(UNIT_BYTES);
  const kernels = loadKernels(createKernelMemory(bytes), file);
  const pairs = [
    ...floatPairs(kernels, 'F32', valueKinds.F32),
    ...floatPairs(kernels, 'BF16', valueKinds.BF16),
    ...bytePairs(kernels),
    ...castPairs(kernels),
    ...blockPairs(kernels),
    ...referencePairs(kernels),
  ];
  const measured: PairMeasured[] = [];
  // All share one memory: pair after pair, the two of a pair in turn.
  for (const pair of pairs) {
    const [kernel, peer] = await interleave(contendersOf(kernels, pair), rounds);
    if (kernel && peer) {
      measured.push({ name: pair.name, bytes: pair.bytes ?? UNIT_BYTES, kernel, plain: peer });
    }
  }
  return measured;
}

/** GB/s of each, best and median; 1 GB = 10^9 bytes of elements. */
export function transformTable(measured: readonly PairMeasured[]): string {
  const rows = measured.map(({ name, bytes, kernel, plain: peer }) => {
    const speed = (seconds: number): string => (bytes / seconds / 1e9).toFixed(2);
    const [own, its] = [summarise(kernel.samples), summarise(peer.samples)];
    const times = [own.minSeconds, own.medianSeconds, its.minSeconds, its.medianSeconds];
    return [name, ...times.map(speed), (its.medianSeconds / own.medianSeconds).toFixed(1)];
  });
  const head = ['', 'GB/s best', 'median', 'plain JS best', 'median', 'times as fast'];
  return table([head, ...rows]);
}

function contendersOf(
  { buffer }: Kernels,
  { name, input, kernel, plain: peer }: Pair,
): Contender[] {
  buffer.set(input.a, 0);
  buffer.set(input.b, UNIT_BYTES);
  const written = buffer.subarray(2 * UNIT_BYTES, 3 * UNIT_BYTES).fill(0);
  PLAIN.fill(0);
  const [own, its] = [kernel(), peer()];
  const isSame = own === undefined ? Buffer.compare(written, PLAIN) === 0 : Number(own) === its;
  if (!isSame) throw new Error(`${name}: expected the kernel and plain JavaScript to agree`);
  return [
    { name, run: () => sampled(kernel, KERNEL_RUNS) },
    { name: `${name}, plain JS`, run: () => sampled(peer, PLAIN_RUNS) },
  ];
}

function sampled(work: () => unknown, runs: number): Sample {
  const start = performance.now();
  for (let run = 0; run < runs; run++) work();
  return { seconds: (performance.now() - start) / 1000 / runs };
}
