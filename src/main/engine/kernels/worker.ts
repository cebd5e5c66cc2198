import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { CODEC_BYTES } from '../codecs/memory';
import { controlSlot } from './control';
import { createKernelMemory, loadKernels } from './kernels';
import { MEASURE_BYTES } from './measure-memory';
import { parseWorkerData } from './messages';
import { WINDOW_BYTES } from './pass';
import { serveKernels } from './serve';

/** Entry of a kernel worker: `kernels.wasm` lies beside the built file. */
if (parentPort === null) throw new Error('kernel worker: expected to run as a worker thread');
const { control, slot } = parseWorkerData(workerData);
const kernels = loadKernels(
  createKernelMemory(Math.max(WINDOW_BYTES, MEASURE_BYTES, CODEC_BYTES)),
  join(import.meta.dirname, 'kernels.wasm'),
);
serveKernels(parentPort, controlSlot(control, slot), kernels);
