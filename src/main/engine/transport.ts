import type { RequestErrorCode } from '../../shared/ipc';
import type {
  EngineCallName,
  EngineEventName,
  EngineEvents,
  EngineOptions,
  EngineParams,
  EngineValue,
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
