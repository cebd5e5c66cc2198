import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PathTicket } from '../../shared/base';
import { openSettings } from '../settings/store';
import type { EngineAccess } from './engine-access';
import { createSession } from './session';
import { createTickets } from './tickets';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tessera-session-'));
  writeFileSync(path.join(folder, 'a.onnx'), 'a');
  writeFileSync(path.join(folder, 'b.onnx'), 'b');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that only keeps the list of what was opened. */
function listingEngine(): EngineAccess {
  let open: string[] = [];
  const calls: Record<string, (params: never) => unknown> = {
    'sources.open': ({ paths }: { paths: string[] }) => {
      open = [...new Set([...open, ...paths])];
    },
    'sources.close': ({ sourceId }: { sourceId: string }) => {
      open = open.filter((item) => item !== sourceId);
    },
    'sources.list': () => open.map((item) => ({ id: item, path: item })),
    'stores.existing': () => [{ name: 'Ollama', path: folder }],
  };
  return {
    call: async (name, params) => calls[name]?.(params as never) as never,
    on: () => undefined,
    idle: async () => undefined,
    stop: async () => undefined,
  };
}

function start() {
  const settings = openSettings({ folder, onProblem: () => undefined });
  const tickets = createTickets();
  const session = createSession({ engine: listingEngine(), settings, tickets });
  return { session, settings, tickets };
}
const at = (name: string) => path.join(folder, name);

describe('createSession', () => {
  it('opens what exists, counts it, and lists it among the recents as open', async () => {
    const { session } = start();
    expect(await session.open([at('a.onnx'), `${folder}/`, at('none')])).toBe(2);
    const recents = await session.recents();
    expect(recents.map(({ name, kind, exists, open }) => ({ name, kind, exists, open }))).toEqual([
      { name: 'a.onnx', kind: 'file', exists: true, open: true },
      { name: path.basename(folder), kind: 'folder', exists: true, open: true },
    ]);
  });

  it('rejects with not-found when nothing exists or a path is relative', async () => {
    const { session } = start();
    await expect(session.open([at('none')])).rejects.toMatchObject({ code: 'not-found' });
    await expect(session.open(['a.onnx'])).rejects.toMatchObject({ code: 'not-found' });
  });

  it('opens by ticket, and refuses the whole call when one ticket is bogus', async () => {
    const { session, tickets } = start();
    const good = tickets.mint(at('a.onnx'));
    const bogus = '0'.repeat(32) as PathTicket;
    await expect(session.openTickets([good, bogus])).rejects.toMatchObject({ code: 'not-found' });
    expect(await session.recents()).toEqual([]);
    expect(await session.openTickets([good])).toBe(1);
  });

  it('restores in the next run what was open and still exists', async () => {
    const first = start();
    await first.session.open([at('a.onnx'), at('b.onnx'), folder]);
    await first.session.close(folder as never);
    rmSync(at('b.onnx'));
    const second = start();
    expect(await second.session.restore()).toBe(1);
    expect((await second.session.recents()).filter((item) => item.open)).toMatchObject([
      { path: at('a.onnx') },
    ]);
    expect((await second.session.recents()).find((item) => !item.exists)?.name).toBe('b.onnx');
  });

  it('forgets a recent on request, by ticket only', async () => {
    const { session } = start();
    await session.open([at('a.onnx')]);
    const [recent] = await session.recents();
    expect(recent).toBeDefined();
    if (recent !== undefined) session.forgetRecent(recent.ticket);
    expect(await session.recents()).toEqual([]);
  });

  it('lists stores with tickets that open them', async () => {
    const { session } = start();
    const [store] = await session.stores();
    expect(store).toMatchObject({ name: 'Ollama', open: false });
    if (store !== undefined) await session.openTickets([store.ticket]);
    expect(await session.stores()).toMatchObject([{ open: true }]);
  });
});
