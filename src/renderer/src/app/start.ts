import { connectQueryCache, toClientError } from '../client';
import { connectJobs } from '../state/jobs';
import { connectSettings } from '../state/settings';
import { useToasts } from '../state/toasts';
import { connectMenu } from './menu';

/** The window does not wait longer than this for the settings before its first picture. */
const settingsWaitMs = 500;

/**
 * Ties the stores to the main process. Resolves when the settings (theme, units) are known or are
 * late; jobs follow when the engine answers. A part that fails is reported and leaves the others.
 */
export async function start(): Promise<void> {
  const report = (thrown: unknown) => useToasts.getState().fail(toClientError(thrown));
  try {
    connectQueryCache();
    connectMenu();
  } catch (thrown) {
    report(thrown);
    return;
  }
  connectJobs().catch(report);
  const late = new Promise<void>((resolve) => setTimeout(resolve, settingsWaitMs));
  await Promise.race([connectSettings().catch(report), late]);
}
