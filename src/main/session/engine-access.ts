import {
  type EngineCallName,
  type EngineEventName,
  type EngineEvents,
  EngineHost,
  type EngineOptions,
  type EngineParams,
  type EngineValue,
} from '../engine/api';
import { RequestFailure } from '../ipc/failure';

/** The engine while it starts and after: calls wait for it, and fail in a sentence if it did not. */
export interface EngineAccess {
  call<Name extends EngineCallName>(
    name: Name,
    params: EngineParams<Name>,
  ): Promise<EngineValue<Name>>;
  on<Name extends EngineEventName>(
    name: Name,
    listener: (payload: EngineEvents[Name]) => void,
  ): void;
  /** Resolves when no job is queued or running. */
  idle(): Promise<void>;
  /** Idempotent. Resolves also when the engine never started. */
  stop(): Promise<void>;
}

/** Starts the engine; `onFailure` is told once, in a sentence, if it cannot start. */
export function startEngine(
  options: EngineOptions,
  onFailure: (failure: RequestFailure) => void,
): EngineAccess {
  const started = EngineHost.start(options).catch((error: unknown) => {
    throw didNotStart(error);
  });
  started.catch(onFailure);
  return {
    call: async (name, params) => (await started).call(name, params),
    on: (name, listener) => {
      started.then(
        (engine) => engine.on(name, listener),
        () => undefined,
      );
    },
    idle: async () => (await started).idle(),
    stop: () =>
      started.then(
        (engine) => engine.stop(),
        () => undefined,
      ),
  };
}

function didNotStart(error: unknown): RequestFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new RequestFailure(
    'internal',
    `The engine did not start: ${reason}.`,
    'Restart Tessera; if it happens again, see the log.',
    { cause: error },
  );
}
