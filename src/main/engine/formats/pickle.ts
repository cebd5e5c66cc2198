import { CodeRequest, MAX_PICKLE_STEPS, PickleMachine } from './pickle-machine';
import { operations, PROTO, STOP } from './pickle-opcodes';
import type { PicklePersistent, PickleValue } from './pickle-value';
import type { ByteSource } from './reader';

/** A pickle's value, or the first request that is not on the allow list. */
export type PickleResult = PickleRead | PickleStopped;

export interface PickleRead {
  readonly kind: 'value';
  readonly value: PickleValue;
  /** Of the first byte behind STOP, in the source. */
  readonly end: number;
  /** Every reference to something outside the pickle, also those that `value` does not hold. */
  readonly references: readonly PicklePersistent[];
  /** Every global that it names, in order; `module.name`. */
  readonly requested: readonly string[];
}

/** The parse stopped: the pickle asks for something that only running code could give. */
export interface PickleStopped {
  readonly kind: 'code';
  readonly request: string;
  readonly at: number;
  /** The globals named up to there, this one included. */
  readonly requested: readonly string[];
}

export interface PickleOptions {
  /** Of the pickle; it may end before `end`. */
  readonly start: number;
  readonly end: number;
  /** Classes of `__torch__` are carried as records of attributes. */
  readonly torchscript?: boolean;
}

/**
 * Reads one pickle of protocol 0 to 5 as inert data. Nothing is resolved, imported or called:
 * globals are compared with an exact list (pickle-globals.ts), and the first other one ends the
 * reading with `kind: 'code'`. Stack, memo, text and steps are bounded, whatever the pickle says.
 * Throws FormatError for a broken one. Source: Lib/pickletools.py of CPython, PEP 307 and 3154.
 */
export function readPickle(source: ByteSource, options: PickleOptions): PickleResult {
  const { start, torchscript = false } = options;
  const machine = new PickleMachine(source, start, options.end, torchscript);
  try {
    const value = run(machine, start);
    const { references } = machine;
    const end = machine.cursor.position;
    return { kind: 'value', value, end, references, requested: [...machine.requested] };
  } catch (error) {
    if (!(error instanceof CodeRequest)) throw error;
    const requested = [...machine.requested];
    return { kind: 'code', request: error.request, at: error.at, requested };
  }
}

function run(machine: PickleMachine, start: number): PickleValue {
  const { cursor } = machine;
  for (let steps = 0; ; steps += 1) {
    machine.at = cursor.position;
    const code = cursor.byte();
    if (code === STOP) {
      cursor.leaveFrame();
      return machine.result();
    }
    const operation = operations[code];
    if (operation === undefined) machine.fail('a pickle opcode', `0x${code.toString(16)}`);
    if (code === PROTO && machine.at !== start) machine.fail('PROTO first', 'PROTO later');
    if (steps >= MAX_PICKLE_STEPS) machine.fail(`at most ${MAX_PICKLE_STEPS} opcodes`, 'more');
    operation?.(machine);
    cursor.leaveFrame();
  }
}
