import type { RequestError, RequestErrorCode } from '../../shared/ipc';
import { EngineError } from '../engine/api';

/** A request that the shell itself cannot fulfil; the engine's own failures are EngineErrors. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The typed error that the window gets. What nobody foresaw is `internal` and names no internals. */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestFailure || error instanceof EngineError) {
    const { code, message, hint } = error;
    return hint === undefined ? { code, message } : { code, message, hint };
  }
  return {
    code: 'internal',
    message: 'Something went wrong inside Tessera.',
    hint: 'Try again; the log (Help, About) says more.',
  };
}

/** True for failures that were not foreseen and belong in the log with their stack. */
export function isUnforeseen(error: unknown): boolean {
  return !(error instanceof RequestFailure || error instanceof EngineError);
}

const systemReasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Free some space or choose another folder.'],
  EACCES: ['access is denied', 'Choose a folder that you may write to.'],
  EPERM: ['access is denied', 'Choose a folder that you may write to.'],
  EROFS: ['the disk is read-only', 'Choose another folder.'],
  ENOENT: ['the folder does not exist', 'Choose a folder that exists.'],
  EISDIR: ['that is a folder', 'Choose another name.'],
};

/** A failed system call as an `io` failure: what was tried, on which path, why, and a way out. */
export function ioFailure(doing: string, path: string, error: unknown): RequestFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const [reason, hint] = systemReasons[code] ?? [`the system says ${code}`, undefined];
  return new RequestFailure('io', `Cannot ${doing} ${path}: ${reason}.`, hint);
}
