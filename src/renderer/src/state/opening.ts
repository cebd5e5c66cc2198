import type { PathTicket } from '../../../shared/base';
import type { OpenOutcome } from '../../../shared/ipc';
import { call, openDropped, queryCache, toClientError } from '../client';
import { counted } from '../lib/format';
import { useNavigation } from './navigation';
import { useToasts } from './toasts';

/** Goes to the models once something was taken in; says so when nothing was. */
function arrived(opened: number): void {
  if (opened === 0) {
    useToasts.getState().show({
      tone: 'error',
      title: 'Nothing could be opened.',
      detail: 'The file or folder may have been moved, or may not be readable.',
    });
    return;
  }
  queryCache.refresh('home.recents');
  queryCache.refresh('sources.list');
  useNavigation.getState().go({ screen: 'models' });
}

async function take(work: () => Promise<OpenOutcome>): Promise<void> {
  try {
    const outcome = await work();
    if (!outcome.cancelled) arrived(outcome.opened);
  } catch (thrown) {
    useToasts.getState().fail(toClientError(thrown));
  }
}

export const openFiles = () => take(() => call('sources.openDialog', { kind: 'files' }));
export const openFolders = () => take(() => call('sources.openDialog', { kind: 'folders' }));
export const openSamples = () => take(() => call('sources.openSamples', {}));
export const openTicket = (ticket: PathTicket) =>
  take(() => call('sources.openTickets', { tickets: [ticket] }));

/** The system's limit on one drop is generous; ours is the contract's. */
const dropLimit = 1000;

export async function openDrop(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  try {
    arrived(await openDropped(files));
    if (files.length > dropLimit) {
      useToasts.getState().show({
        tone: 'info',
        title: `Opened the first ${counted(dropLimit, 'item')} of ${counted(files.length, 'item')}.`,
        detail: 'Drop the folder that holds them instead.',
      });
    }
  } catch (thrown) {
    useToasts.getState().fail(toClientError(thrown));
  }
}
