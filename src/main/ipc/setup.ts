import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import { z } from 'zod';
import { err, ok } from '../../shared/base';
import {
  dropChannel,
  type EventName,
  type EventPayloads,
  eventChannel,
  requestChannel,
} from '../../shared/ipc';
import { existing } from '../session/paths';
import type { Tickets } from '../session/tickets';
import type { MainWindow } from '../windows/main-window';
import { coalesce } from './coalesce';
import type { Router } from './router';
import { isTrusted, type Sender } from './sender';

export interface IpcOptions {
  readonly window: MainWindow;
  readonly router: Router;
  readonly tickets: Tickets;
}

/** Listens on the two channels that the preload script calls. */
export function setupIpc({ window, router, tickets }: IpcOptions): void {
  ipcMain.handle(requestChannel, (event, name: unknown, params: unknown) =>
    router(senderOf(event, window), name, params),
  );
  ipcMain.handle(dropChannel, async (event, paths: unknown) => {
    if (!isTrusted(senderOf(event, window))) {
      return err({ code: 'forbidden-sender', message: 'Drops from elsewhere are not taken.' });
    }
    const parsed = droppedPaths.safeParse(paths);
    if (!parsed.success) {
      return err({ code: 'bad-params', message: 'At most 1,000 files can be dropped at once.' });
    }
    const found = await existing(parsed.data);
    return ok(found.map((item) => tickets.mint(item.path)));
  });
}

const droppedPaths = z.array(z.string().min(1).max(32_768)).max(1000);

/** A frame may be gone by the time its call arrives; then nobody vouches for it. */
function senderOf(event: IpcMainInvokeEvent, window: MainWindow): Sender {
  const contents = window.current()?.webContents;
  const isMainWindow = contents !== undefined && event.sender === contents;
  try {
    const frame = event.senderFrame;
    return {
      isMainWindow,
      isMainFrame: frame !== null && frame.parent === null && frame === event.sender.mainFrame,
      origin: frame?.origin ?? 'none',
      url: frame?.url ?? '',
    };
  } catch {
    return { isMainWindow, isMainFrame: false, origin: 'none', url: '' };
  }
}

export type SendEvent = <Name extends EventName>(name: Name, payload: EventPayloads[Name]) => void;

/** Milliseconds between two events of one name; a screen reads its lists again on each. */
const intervals: Readonly<Record<EventName, number>> = {
  'sources.changed': 250,
  'models.changed': 250,
  'problems.changed': 250,
  'jobs.changed': 100,
  'similarity.changed': 250,
  'settings.changed': 0,
  'menu.command': 0,
};

/** Sends events to the window, if there is one; frequent ones are merged, the last one never lost. */
export function createEventSender(window: MainWindow): SendEvent {
  const deliver = (name: EventName, payload: unknown) => {
    const contents = window.current()?.webContents;
    if (contents === undefined || contents.isDestroyed() || contents.isCrashed()) return;
    contents.send(eventChannel, name, payload);
  };
  const merged = new Map(
    Object.entries(intervals)
      .filter(([, interval]) => interval > 0)
      .map(([name, interval]) => [
        name,
        coalesce<unknown>(interval, (payload) => deliver(name as EventName, payload)),
      ]),
  );
  return (name, payload) => {
    const send = merged.get(name);
    if (send === undefined) deliver(name, payload);
    else send(payload);
  };
}
