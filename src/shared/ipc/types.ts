import type { PathTicket, Result, UnitSystem } from '../base';
import type { SimilarityThresholds, TensorRow, TypeShare } from '../domain';
import type { EventName, EventPayloads, ParamsOf, RequestName, ValueOf } from './contract';

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** Sources were given on the command line or restored from the last session. */
  readonly hasSession: boolean;
}

/** `opened`: how many paths were taken in; 0 with `cancelled` when the dialog was closed. */
export interface OpenOutcome {
  readonly opened: number;
  readonly cancelled: boolean;
}

export interface RecentItem {
  readonly ticket: PathTicket;
  readonly name: string;
  /** Display only. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
  readonly exists: boolean;
  readonly open: boolean;
  /** Milliseconds since 1970. */
  readonly lastOpened: number;
}

/** A place where another program keeps models, found by its existence. */
export interface DetectedStore {
  readonly ticket: PathTicket;
  /** "Hugging Face cache", "Ollama", "LM Studio", "ComfyUI" … */
  readonly name: string;
  readonly path: string;
  readonly open: boolean;
}

export interface ExportOutcome {
  readonly saved: boolean;
  /** Display only; absent when the dialog was cancelled. */
  readonly path?: string;
  readonly bytes?: number;
}

export interface TensorPage {
  /** Rows that pass the filter. */
  readonly total: number;
  /** Sum of their bytes. */
  readonly totalBytes: number;
  /** All dtypes of the model, for the filter's menu. */
  readonly dtypes: readonly string[];
  /** All types of the model, whatever the filter; most bytes first. */
  readonly types: readonly TypeShare[];
  readonly rows: readonly TensorRow[];
}

export interface Settings {
  readonly units: UnitSystem;
  readonly theme: 'system' | 'light' | 'dark';
  readonly thresholds: SimilarityThresholds;
}

/** Why a call was refused or failed; `message` is a sentence for the person. */
export interface RequestError {
  readonly code: RequestErrorCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}
export type RequestErrorCode =
  | 'unknown-request'
  | 'bad-params'
  | 'forbidden-sender'
  | 'not-found'
  | 'invalid-filter'
  | 'not-ready'
  | 'io'
  | 'internal';

/** What the preload script exposes as `window.tessera`: the renderer's only way out. */
export interface TesseraBridge {
  request<Name extends RequestName>(
    name: Name,
    params: ParamsOf<Name>,
  ): Promise<Result<ValueOf<Name>, RequestError>>;
  /** Returns a function that ends the subscription. */
  on<Name extends EventName>(
    name: Name,
    listener: (payload: EventPayloads[Name]) => void,
  ): () => void;
  /** Turns files that the person dropped into tickets; the paths stay in preload and main. */
  mintDropped(files: readonly File[]): Promise<readonly PathTicket[]>;
}
