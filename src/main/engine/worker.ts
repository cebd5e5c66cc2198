import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from './engine';
import { type EngineWorkerData, type FromEngine, type ToEngine, toWire } from './transport';

/** Entry of the engine's thread: wires a port to the engine, nothing else. */
const port = parentPort;
if (port === null) throw new Error('the engine worker runs in a worker thread');
const { options } = workerData as EngineWorkerData;
const send = (message: FromEngine): void => port.postMessage(message);

const engine = createEngine(options, (name, payload) => send({ kind: 'event', name, payload }));

port.on('message', async (message: ToEngine) => {
  if (message.kind === 'stop') {
    await engine.stop();
    port.close();
    return;
  }
  const { id } = message;
  try {
    const value =
      message.kind === 'idle'
        ? await engine.idle()
        : await engine.call(message.name, message.params);
    send({ kind: 'value', id, value: value ?? null });
  } catch (error) {
    send({ kind: 'error', id, error: toWire(error) });
  }
});
send({ kind: 'ready' });
