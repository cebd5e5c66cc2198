/**
 * What a pickle says, as inert data: nothing is ever resolved, imported or called. A global is its
 * two names, a call is a record of what was to be called with what.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleBytes
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleSet
  | PickleGlobal
  | PickleObject
  | PicklePersistent;

/** Bytes, or a text or number too long to keep: only where they stand in the pickle's source. */
export interface PickleBytes {
  readonly kind: 'bytes';
  readonly of: 'bytes' | 'text' | 'number';
  readonly offset: number;
  readonly length: number;
}

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickleSet {
  readonly kind: 'set';
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  /** Key, value, key, value …, as the pickle sets them. */
  readonly pairs: PickleValue[];
}

/** How a global of the allow list may be used; see pickle-globals.ts. */
export type GlobalRole = 'value' | 'call' | 'dict' | 'build';

/** A global of the allow list. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
  readonly role: GlobalRole;
}

/** What calling `type` with `args` would make. */
export interface PickleObject {
  readonly kind: 'object';
  readonly type: PickleGlobal;
  readonly args: readonly PickleValue[];
  /** Set by BUILD; at most once. */
  state: PickleValue | undefined;
  /** As in PickleDict; only for the role `dict`. */
  readonly pairs: PickleValue[];
  /** Of the opcode that made it, in the pickle's source. */
  readonly at: number;
}

/** A reference to something kept outside the pickle: a storage, in PyTorch's. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
  readonly at: number;
}

/** `a text`, `a list` … for error messages. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  if (typeof value !== 'object') return 'a number';
  if (value.kind === 'global') return `${value.module}.${value.name}`;
  if (value.kind === 'object') return `a ${value.type.module}.${value.type.name}`;
  if (value.kind === 'bytes') return value.of === 'bytes' ? 'bytes' : `a long ${value.of}`;
  return value.kind === 'persistent' ? 'a reference' : `a ${value.kind}`;
}
