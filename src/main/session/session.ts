import { stat } from 'node:fs/promises';
import type { PathTicket, SourceId } from '../../shared/base';
import type { DetectedStore, RecentItem } from '../../shared/ipc';
import { RequestFailure } from '../ipc/failure';
import type { SettingsStore } from '../settings/store';
import { type StoredRecent, withRecents } from '../settings/stored';
import type { EngineAccess } from './engine-access';
import { existing, nameOf } from './paths';
import type { Tickets } from './tickets';

/** What is open, what was open, and what could be: the paths behind the window's tickets. */
export interface Session {
  /** Opens absolute paths; returns how many. Rejects with `not-found` when none exists. */
  open(paths: readonly string[]): Promise<number>;
  openTickets(tickets: readonly PathTicket[]): Promise<number>;
  close(sourceId: SourceId): Promise<void>;
  /** Reopens what was open last time and still exists; returns how many. */
  restore(): Promise<number>;
  recents(): Promise<RecentItem[]>;
  forgetRecent(ticket: PathTicket): void;
  stores(): Promise<DetectedStore[]>;
}

export interface SessionParts {
  readonly engine: EngineAccess;
  readonly settings: SettingsStore;
  readonly tickets: Tickets;
}

export function createSession(parts: SessionParts): Session {
  const { engine, settings, tickets } = parts;
  const resolve = (ticket: PathTicket) => {
    const path = tickets.resolve(ticket);
    if (path !== undefined) return path;
    throw new RequestFailure(
      'not-found',
      'Tessera does not know what was to be opened.',
      'Choose it again with Open File… or Open Folder…',
    );
  };
  const openPaths = async () =>
    new Set((await engine.call('sources.list', null)).map((source) => source.path));
  const remember = async () => void settings.update({ session: [...(await openPaths())] });

  const open = async (paths: readonly string[]) => {
    const found = await existing(paths);
    if (found.length === 0) throw noneExists(paths);
    await engine.call('sources.open', { paths: found.map((item) => item.path) });
    const lastOpened = Date.now();
    const opened = found.map((item): StoredRecent => ({ ...item, lastOpened }));
    settings.update({ recents: withRecents(settings.get().recents, opened) });
    await remember();
    return found.length;
  };

  return {
    open,
    openTickets: async (wanted) => open(wanted.map(resolve)),
    close: async (sourceId) => {
      await engine.call('sources.close', { sourceId });
      await remember();
    },
    restore: async () => {
      const found = await existing(settings.get().session);
      if (found.length === 0) return 0;
      await engine.call('sources.open', { paths: found.map((item) => item.path) });
      return found.length;
    },
    recents: async () => {
      const opened = await openPaths();
      return Promise.all(
        settings.get().recents.map(
          async (recent): Promise<RecentItem> => ({
            ticket: tickets.mint(recent.path),
            name: nameOf(recent.path),
            path: recent.path,
            kind: recent.kind,
            exists: await exists(recent.path),
            open: opened.has(recent.path),
            lastOpened: recent.lastOpened,
          }),
        ),
      );
    },
    forgetRecent: (ticket) => {
      const path = resolve(ticket);
      settings.update({ recents: settings.get().recents.filter((item) => item.path !== path) });
    },
    stores: async () => {
      const [stores, opened] = await Promise.all([
        engine.call('stores.existing', null),
        openPaths(),
      ]);
      return stores.map(({ name, path }) => ({
        ticket: tickets.mint(path),
        name,
        path,
        open: opened.has(path),
      }));
    },
  };
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

function noneExists(paths: readonly string[]): RequestFailure {
  const [first = 'the path', ...rest] = paths;
  const others = rest.length === 0 ? '' : ` and ${rest.length} more`;
  return new RequestFailure(
    'not-found',
    `${first}${others} cannot be opened: it does not exist, or access is denied.`,
    'Check the path, and that its disk is connected.',
  );
}
