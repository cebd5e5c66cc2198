import { dialog } from 'electron';
import { isUnforeseen, toRequestError } from '../ipc/failure';
import type { Log } from './log';

/** Tells the person, and the log, that something could not be done. Never throws. */
export type Reporter = (error: unknown) => void;

/** Without a person in front of it (`interactive` false) the log alone is told. */
export function createReporter(log: Log, interactive: boolean): Reporter {
  return (error) => {
    const { message, hint = '' } = toRequestError(error);
    log.error(message, isUnforeseen(error) ? error : causeOf(error));
    if (interactive) void showError(message, hint);
  };
}

/** A message that does not block the process. */
export async function showError(message: string, detail: string): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    title: 'Tessera',
    message,
    detail,
    buttons: ['OK'],
  });
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
