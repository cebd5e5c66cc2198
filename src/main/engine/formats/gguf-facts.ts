import { elementCount } from './dtypes';
import { ggufFileTypes } from './gguf-types';
import type { FileHeader } from './reader';
import { baseName } from './text';

/** What a person asks of a GGUF file, where it states it. */
export interface GgufFacts {
  readonly architecture?: string;
  readonly name?: string;
  /** As `general.file_type` states it (`Q4_K_M`): a recipe, of which `quantisation` is the result. */
  readonly fileType?: string;
  /** dtype → number of tensors, most frequent first. */
  readonly quantisation: Readonly<Record<string, number>>;
  /** Tokens. */
  readonly contextLength?: number;
  readonly blockCount?: number;
  /** Elements of all tensors in this file; of a split model, its part. */
  readonly parameters: number;
}

/** Facts derived from a header; pure, never throws, leaves out what has an unexpected type. */
export function ggufFacts({ metadata, tensors }: FileHeader): GgufFacts {
  const text = (key: string) => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const count = (key: string) => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  const architecture = text('general.architecture');
  const name = text('general.name');
  const fileType = ggufFileTypes.get(count('general.file_type') ?? -1);
  const contextLength = count(`${architecture}.context_length`);
  const blockCount = count(`${architecture}.block_count`);
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(name === undefined ? {} : { name }),
    ...(fileType === undefined ? {} : { fileType }),
    quantisation: countTypes(tensors),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(blockCount === undefined ? {} : { blockCount }),
    parameters: tensors.reduce((sum, { shape }) => sum + (elementCount(shape) ?? 0), 0),
  };
}

function countTypes(tensors: FileHeader['tensors']): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { dtype } of tensors) counts.set(dtype, (counts.get(dtype) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** A file's own word on which part of a split model it is. */
export interface GgufSplit {
  /** From 0, unlike the number in the file's name. */
  readonly part: number;
  readonly parts: number;
  /** In all parts together, where stated. */
  readonly tensors?: number;
  /** Completes "a part that …" when the numbers contradict each other; the others are then 0. */
  readonly problem?: string;
}

/**
 * `split.no`, `split.count`, `split.tensors.count`; undefined for a file that is not split (no
 * count, or a count of 0 or 1, as merging leaves behind).
 */
export function ggufSplit({ metadata, tensors }: FileHeader): GgufSplit | undefined {
  const parts = metadata['split.count'];
  const part = metadata['split.no'];
  const total = metadata['split.tensors.count'];
  if (parts === undefined || parts === 0 || parts === 1) return undefined;
  const broken = (problem: string): GgufSplit => ({ part: 0, parts: 0, problem });
  if (!isCount(parts)) return broken('states no number of parts');
  if (!isCount(part)) return broken('states no number of its own');
  if (part >= parts) return broken(`is number ${part + 1} of ${parts}`);
  if (total === undefined) return { part, parts };
  if (!isCount(total)) return broken('states no number of tensors');
  if (total < tensors.length) {
    return broken(`holds ${tensors.length} tensors, of ${total} in all parts`);
  }
  return { part, parts, tensors: total };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** What a part's name says: `stem-00001-of-00003.gguf`. */
export interface GgufPartName {
  /** The name without number and extension: the same for all parts. */
  readonly stem: string;
  /** From 1, as in the name; may be 0 or beyond `parts` in a wrong name. */
  readonly number: number;
  readonly parts: number;
}

const partPattern = /^(?<stem>.*)-(?<number>\d{5})-of-(?<parts>\d{5})\.gguf$/is;

/** The parts of a split file's name; undefined for other names. */
export function ggufPartName(path: string): GgufPartName | undefined {
  const groups = partPattern.exec(baseName(path))?.groups;
  if (groups === undefined) return undefined;
  const { stem = '', number, parts } = groups;
  return { stem, number: Number(number), parts: Number(parts) };
}

/** The name of another part of the same model; `number` counts from 1. */
export function ggufPartFile(name: GgufPartName, number: number): string {
  const digits = (value: number) => String(value).padStart(5, '0');
  return `${name.stem}-${digits(number)}-of-${digits(name.parts)}.gguf`;
}
