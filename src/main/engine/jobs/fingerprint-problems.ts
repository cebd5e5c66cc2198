import type { Problem } from '../../../shared/domain';
import type { TaskOutcome } from './pool';
import type { FileWork } from './work';

/** A file whose tensors cannot be told apart is hashed as bytes, and says so. */
export function uncutProblem({ file, uncut }: FileWork): readonly Problem[] | undefined {
  if (uncut === undefined) return undefined;
  return [
    {
      file: file.realPath,
      kind: 'fingerprint-failed',
      error: `The tensors of ${file.realPath} are not hashed one by one: ${uncut}.`,
      hint: 'The file still counts as bytes. If it changed on disk, rescan its folder.',
    },
  ];
}

/** Why a file could not be fingerprinted, for the person. */
export function problemOf(
  work: FileWork,
  outcome: Exclude<TaskOutcome, { kind: 'done' | 'cancelled' }>,
): Problem {
  const file = work.file.realPath;
  if (outcome.kind === 'crashed') {
    return {
      file,
      kind: 'fingerprint-failed',
      error: `The worker that read ${file} died (${outcome.message}); a new one took its place.`,
      hint: 'Run the analysis again; if it happens again, report it with the diagnostics.',
    };
  }
  const { failure } = outcome;
  const changed = failure.code === 'changed';
  const unkept = failure.operation === 'write';
  return {
    file,
    kind: changed ? 'changed-while-reading' : 'fingerprint-failed',
    error: failure.message,
    hint: changed
      ? 'Wait until nothing writes to the file, then rescan its folder.'
      : unkept
        ? 'Free some space on the disk that holds the catalogue, then run the analysis again.'
        : 'Check that the drive is connected and the file readable, then run the analysis again.',
  };
}

/** What was read could not be kept: the catalogue's disk is full, or its file is damaged. */
export function notKept({ file }: FileWork, error: unknown): TaskOutcome<never> {
  const detail = error instanceof Error ? error.message : String(error);
  const message = `The fingerprint of ${file.realPath} could not be kept in the catalogue: ${detail}.`;
  return { kind: 'failed', failure: { code: 'io', message, operation: 'write' } };
}
