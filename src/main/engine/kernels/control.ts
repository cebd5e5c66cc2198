/// <reference lib="es2024.sharedmemory" preserve="true" />
/**
 * The shared control block between the engine and its kernel workers. One slot per worker, on a
 * cache line of its own (64 bytes):
 *
 * | bytes | as       | written by | meaning                                        |
 * |-------|----------|------------|------------------------------------------------|
 * | 0-3   | Int32    | engine     | command, see `Command`                         |
 * | 8-15  | BigInt64 | worker     | bytes done of the current task, 0 when it starts |
 *
 * The engine writes commands, the worker only reads them: after a task was answered (done,
 * cancelled or failed) the engine stores `run` before it posts the next one.
 */
export const SLOT_BYTES = 64;

export const Command = {
  /** Work on. */
  run: 0,
  /** Block in Atomics.wait until the command changes. */
  pause: 1,
  /** Give the current task up; answered by `cancelled` (or by `done`, if that came first). */
  cancel: 2,
  /** Give the current task up unanswered, close the port and end the thread. */
  exit: 3,
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** One worker's part of the control block. */
export interface ControlSlot {
  /** One element. */
  readonly command: Int32Array;
  /** One element. */
  readonly bytesDone: BigInt64Array;
}

/** A control block for `slots` workers; every command is `run`, every count 0. */
export function createControl(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * SLOT_BYTES);
}

/** Views of slot `index`. Throws RangeError if the block has no such slot. */
export function controlSlot(control: SharedArrayBuffer, index: number): ControlSlot {
  const start = index * SLOT_BYTES;
  return {
    command: new Int32Array(control, start, 1),
    bytesDone: new BigInt64Array(control, start + 8, 1),
  };
}

/** Gives a command and wakes the worker if it waits. An idle worker notices `exit` too. */
export function setCommand(slot: ControlSlot, command: Command): void {
  Atomics.store(slot.command, 0, command);
  Atomics.notify(slot.command, 0);
}

export function readCommand(slot: ControlSlot): Command {
  const command = Atomics.load(slot.command, 0);
  if (command === Command.pause || command === Command.cancel || command === Command.exit) {
    return command;
  }
  return Command.run;
}

/** The command once it is not `pause`; blocks the calling thread until then. */
export function commandAfterPause(slot: ControlSlot): Exclude<Command, 1> {
  for (;;) {
    const command = readCommand(slot);
    if (command !== Command.pause) return command;
    Atomics.wait(slot.command, 0, Command.pause);
  }
}

/** Resolves once the command is `exit`, without blocking the thread: for a worker between tasks. */
export async function exitCommand(slot: ControlSlot): Promise<void> {
  for (;;) {
    const seen = Atomics.load(slot.command, 0);
    if (seen === Command.exit) return;
    await Atomics.waitAsync(slot.command, 0, seen).value;
  }
}

/** Bytes that the slot's worker has done of its current task. */
export function readBytesDone(slot: ControlSlot): number {
  return Number(Atomics.load(slot.bytesDone, 0));
}

export function writeBytesDone(slot: ControlSlot, bytes: number): void {
  Atomics.store(slot.bytesDone, 0, BigInt(bytes));
}
