import type { RequestErrorCode } from '../../shared/ipc';
import {
  type EngineCallName,
  EngineError,
  type EngineEventName,
  type EngineEvents,
  type EngineOptions,
  type EngineParams,
  type EngineValue,
} from './protocol';

/** Messages between EngineHost and the engine worker. Ids pair answers with calls. */
export type ToEngine =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly name: EngineCallName;
      readonly params: EngineParams<EngineCallName>;
    }
  | { readonly kind: 'idle'; readonly id: number }
  | { readonly kind: 'stop' };

export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'value'; readonly id: number; readonly value: EngineValue<EngineCallName> }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | {
      readonly kind: 'event';
      readonly name: EngineEventName;
      readonly payload: EngineEvents[EngineEventName];
    };

export interface WireError {
  readonly code: RequestErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface EngineWorkerData {
  readonly options: EngineOptions;
}

/** What of an error crosses the thread border. */
export function toWire(error: unknown): WireError {
  if (error instanceof EngineError)
    return { code: error.code, message: error.message, hint: error.hint };
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    hint: undefined,
  };
}
