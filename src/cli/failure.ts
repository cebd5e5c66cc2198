export const exitCodes = { done: 0, findings: 1, usage: 2, io: 3, interrupted: 130 } as const;

/** A command cannot go on: the exit code, and a sentence for the person. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The person pressed Ctrl+C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
