import { once } from 'node:events';
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planSegments } from '../fragments/plan';
import {
  Command,
  type ControlSlot,
  controlSlot,
  createControl,
  readBytesDone,
  setCommand,
} from './control';
import type { FingerprintTask, FromKernel } from './messages';
import { fingerprintFile, WINDOW_BYTES } from './pass';
import { builtWorker, sparseFolder, testKernels } from './test-support';

const MiB = 1_048_576;
const SLOT = 1;
const LARGE = 1024 * MiB;

let folder = '';
let entry = '';
beforeAll(() => {
  entry = builtWorker();
  folder = sparseFolder();
  writeFileSync(join(folder, 'small'), Buffer.alloc(3 * MiB + 5, 'tessera'));
  writeFileSync(join(folder, 'large'), '');
  truncateSync(join(folder, 'large'), LARGE);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  readonly worker: Worker;
  readonly slot: ControlSlot;
  readonly exit: Promise<unknown[]>;
  /** The next message that the worker sends. */
  receive(): Promise<FromKernel>;
}
const started: Running[] = [];
afterEach(async () => {
  for (const { slot } of started) setCommand(slot, Command.exit);
  await Promise.all(started.splice(0).map(({ exit }) => exit));
});

async function start(): Promise<Running> {
  const control = createControl(SLOT + 1);
  const slot = controlSlot(control, SLOT);
  const worker = new Worker(entry, { workerData: { control, slot: SLOT } });
  const received: FromKernel[] = [];
  const waiting: ((message: FromKernel) => void)[] = [];
  worker.on('message', (message: FromKernel) => {
    const next = waiting.shift();
    if (next === undefined) received.push(message);
    else next(message);
  });
  const receive = () => {
    const message = received.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise<FromKernel>((resolve) => waiting.push(resolve));
  };
  const running = { worker, slot, exit: once(worker, 'exit'), receive };
  started.push(running);
  expect(await receive()).toEqual({ kind: 'ready' });
  return running;
}

function taskFor(name: 'small' | 'large', task: number): FingerprintTask {
  const path = join(folder, name);
  const stat = statSync(path, { bigint: true });
  const size = Number(stat.size);
  const plan = planSegments(size, [{ offset: 8, length: size - 1000, rowBytes: 4096 }]);
  const expected = { size, mtimeNs: stat.mtimeNs, inode: stat.ino };
  const views = [{ offset: 3, length: 300 }];
  return { kind: 'fingerprint', task, path, plan, views, targets: [], expected };
}

async function untilUnderWay(slot: ControlSlot): Promise<void> {
  while (readBytesDone(slot) === 0) await sleep(1);
}

describe('a kernel worker', () => {
  it('answers with the same fingerprint as a pass in this thread, one task after another', async () => {
    const { worker, receive, slot } = await start();
    const task = taskFor('small', 7);
    const expected = fingerprintFile(task, testKernels(WINDOW_BYTES), () => {});
    worker.postMessage(task);
    worker.postMessage({ ...task, task: 8 });
    expect(await receive()).toEqual({ kind: 'done', task: 7, ...expected });
    expect(await receive()).toMatchObject({ kind: 'done', task: 8 });
    expect(readBytesDone(slot)).toBe(task.plan.fileSize);
  });

  it('gives a task up on cancel and takes the next', async () => {
    const { worker, receive, slot } = await start();
    worker.postMessage(taskFor('large', 1));
    await untilUnderWay(slot);
    setCommand(slot, Command.cancel);
    expect(await receive()).toEqual({ kind: 'cancelled', task: 1 });
    expect(readBytesDone(slot)).toBeLessThan(LARGE);
    setCommand(slot, Command.run);
    worker.postMessage(taskFor('small', 2));
    expect(await receive()).toMatchObject({ kind: 'done', task: 2 });
  });

  it('holds still while paused and finishes when told to run on', async () => {
    const { worker, receive, slot } = await start();
    worker.postMessage(taskFor('large', 1));
    await untilUnderWay(slot);
    setCommand(slot, Command.pause);
    await sleep(50);
    const before = readBytesDone(slot);
    await sleep(100);
    expect(readBytesDone(slot)).toBe(before);
    expect(before).toBeLessThan(LARGE);
    setCommand(slot, Command.run);
    expect(await receive()).toMatchObject({ kind: 'done', task: 1 });
  });

  it('can be cancelled while paused', async () => {
    const { worker, receive, slot } = await start();
    setCommand(slot, Command.pause);
    worker.postMessage(taskFor('large', 1));
    await sleep(30);
    setCommand(slot, Command.cancel);
    expect(await receive()).toEqual({ kind: 'cancelled', task: 1 });
  });

  it.each([
    ['idle', async () => {}],
    [
      'busy',
      async ({ worker, slot }: Running) => {
        worker.postMessage(taskFor('large', 1));
        await untilUnderWay(slot);
      },
    ],
    [
      'paused',
      async ({ worker, slot }: Running) => {
        setCommand(slot, Command.pause);
        worker.postMessage(taskFor('large', 1));
        await sleep(30);
      },
    ],
  ])('ends by itself, without an answer, when told to exit while %s', async (_, prepare) => {
    const running = await start();
    await prepare(running);
    const answers: FromKernel[] = [];
    running.worker.on('message', (message: FromKernel) => answers.push(message));
    setCommand(running.slot, Command.exit);
    expect(await running.exit).toEqual([0]);
    expect(answers).toEqual([]);
  });

  it('answers a file that changed, and a message that is no task, and goes on', async () => {
    const { worker, receive } = await start();
    const task = taskFor('small', 3);
    worker.postMessage({ ...task, expected: { ...task.expected, mtimeNs: 1n } });
    expect(await receive()).toMatchObject({ kind: 'failed', task: 3, code: 'changed' });
    worker.postMessage({ kind: 'dance' });
    expect(await receive()).toMatchObject({ kind: 'failed', task: -1, code: 'internal' });
    worker.postMessage({ ...task, plan: planSegments(5, []) });
    expect(await receive()).toMatchObject({ kind: 'failed', task: 3, code: 'changed' });
    worker.postMessage({ ...task, views: [{ offset: 1, length: 2 ** 40 }] });
    expect(await receive()).toMatchObject({ kind: 'failed', task: 3, code: 'internal' });
    worker.postMessage(task);
    expect(await receive()).toMatchObject({ kind: 'done', task: 3 });
  });
});
