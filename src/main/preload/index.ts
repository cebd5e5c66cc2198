import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { ok, type PathTicket, type Result } from '../../shared/base';
import {
  dropChannel,
  type EventName,
  type EventPayloads,
  eventChannel,
  eventNames,
  type RequestError,
  requestChannel,
  requests,
  type TesseraBridge,
} from '../../shared/ipc';

type Listener = (payload: never) => void;

const listeners = new Map<EventName, Set<Listener>>(eventNames.map((name) => [name, new Set()]));

ipcRenderer.on(eventChannel, (_event, name: EventName, payload: EventPayloads[EventName]) => {
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});

const failure = (code: RequestError['code'], message: string) =>
  ({ ok: false, error: { code, message } }) as const;

async function request(name: unknown, params: unknown): Promise<Result<never, RequestError>> {
  if (typeof name !== 'string' || !Object.hasOwn(requests, name)) {
    return failure('unknown-request', 'There is no such request.');
  }
  try {
    return await ipcRenderer.invoke(requestChannel, name, params);
  } catch {
    return failure('bad-params', `${name} was called with what cannot be passed on.`);
  }
}

function on(name: unknown, listener: Listener): () => void {
  const group = listeners.get(name as EventName);
  if (group === undefined || typeof listener !== 'function')
    throw new Error('There is no such event.');
  // A subscription of its own, so that one function may be subscribed twice.
  const subscription: Listener = (payload) => listener(payload);
  group.add(subscription);
  return () => void group.delete(subscription);
}

/** Paths of real files that the person dropped or chose; anything else has none and is left out. */
function pathsOf(files: readonly unknown[]): string[] {
  return files.flatMap((file) => {
    try {
      const path = webUtils.getPathForFile(file as File);
      return path === '' ? [] : [path];
    } catch {
      return [];
    }
  });
}

async function mintDropped(files: readonly unknown[]): Promise<readonly PathTicket[]> {
  const paths = pathsOf(files);
  const minted: Result<readonly PathTicket[], RequestError> =
    paths.length === 0 ? ok([]) : await ipcRenderer.invoke(dropChannel, paths);
  if (!minted.ok) throw new Error(minted.error.message);
  return minted.value;
}

const bridge: TesseraBridge = { request, on, mintDropped };
// Error pages and empty pages get no bridge; the main process checks each call again.
if (location.href.startsWith('app://tessera/')) {
  contextBridge.exposeInMainWorld('tessera', bridge);
}
