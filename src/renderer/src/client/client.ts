import type {
  EventName,
  EventPayloads,
  ParamsOf,
  RequestErrorCode,
  RequestName,
  TesseraBridge,
  ValueOf,
} from '../../../shared/ipc';
import { beginWork } from './settled';

declare global {
  interface Window {
    readonly tessera?: TesseraBridge;
  }
}

/** A call that was refused or failed: `message` is a sentence for the person, `hint` a way out. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  constructor(
    readonly code: RequestErrorCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Any thrown value as a ClientError, so that screens have one shape to show. */
export function toClientError(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new ClientError('internal', `Tessera did not answer: ${text}`, 'Try again.');
}

function bridge(): TesseraBridge {
  const found = window.tessera;
  if (!found) throw new ClientError('internal', 'This page runs only inside Tessera.');
  return found;
}

/** One call to the main process. Throws ClientError; never resolves to a failure. */
export async function call<Name extends RequestName>(
  name: Name,
  params: ParamsOf<Name>,
): Promise<ValueOf<Name>> {
  const end = beginWork();
  try {
    const result = await bridge().request(name, params);
    if (result.ok) return result.value;
    throw new ClientError(result.error.code, result.error.message, result.error.hint);
  } catch (thrown) {
    throw toClientError(thrown);
  } finally {
    end();
  }
}

/** Returns a function that ends the subscription. */
export function subscribe<Name extends EventName>(
  name: Name,
  listener: (payload: EventPayloads[Name]) => void,
): () => void {
  return bridge().on(name, listener);
}

/** Opens what was dropped on the window; resolves to the number of paths taken in. */
export async function openDropped(files: readonly File[]): Promise<number> {
  const end = beginWork();
  try {
    const tickets = await bridge().mintDropped(files);
    if (tickets.length === 0) return 0;
    const outcome = await call('sources.openTickets', { tickets: tickets.slice(0, 1000) });
    return outcome.opened;
  } catch (thrown) {
    throw toClientError(thrown);
  } finally {
    end();
  }
}
