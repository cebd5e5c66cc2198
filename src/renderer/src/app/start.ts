import { connectQueryCache, toClientError } from '../client';
import { connectJobs } from '../state/jobs';
import { connectSettings } from '../state/settings';
import { useToasts } from '../state/toasts';
import { connectMenu } from './menu';

/** Ties the stores to the main process. A part that fails is reported and leaves the others. */
export async function start(): Promise<void> {
  const report = (thrown: unknown) => useToasts.getState().fail(toClientError(thrown));
  try {
    connectQueryCache();
    connectMenu();
  } catch (thrown) {
    report(thrown);
    return;
  }
  const results = await Promise.allSettled([connectSettings(), connectJobs()]);
  for (const result of results) {
    if (result.status === 'rejected') report(result.reason);
  }
}
