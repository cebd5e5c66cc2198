import type { MetadataValue } from '../../../shared/domain';
import { MAX_METADATA_TEXT } from '../formats/text';
import type { Model } from '../model/model';
import { readUnchanged } from './metadata-arrays';

/** How a reader ends a text that it cut. */
const cutText = /… \(\d+ (?:bytes|characters)\)$/;
/** Readers cut no shorter text than this. */
const SHORTEST_CUT = 1000;
const LENGTH_BYTES = 8;
/** Of all headers that one answer reads a second time; one of 100,000 tensors has about 10 MB. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Whether a text ends in a reader's note of what it left out. */
export function isCut(value: MetadataValue): value is string {
  return typeof value === 'string' && value.length > SHORTEST_CUT && cutText.test(value);
}

/** A cut text in full, by its key; undefined where no header of a known kind has it. */
export type WholeTexts = (key: string, cut: string) => string | undefined;

/**
 * The texts of a model's safetensors headers as the files have them; headers are read again when
 * first asked for one, each once. Throws EngineError when a file changed.
 */
export function wholeTexts(model: Model): WholeTexts {
  let headers: readonly unknown[] | undefined;
  return (key, cut) => {
    headers ??= metadataOf(model);
    const head = cut.slice(0, MAX_METADATA_TEXT);
    const texts = headers.map((header) => ownField(header, key));
    return texts.find((text): text is string => typeof text === 'string' && text.startsWith(head));
  };
}

/** Readers have accepted these headers before: they are known to be well formed. */
function metadataOf(model: Model): readonly unknown[] {
  let bytesLeft = MAX_HEADER_BYTES;
  return model.files.flatMap((file) => {
    if (file.format !== 'safetensors' || file.role !== 'weights') return [];
    return readUnchanged(file, (source) => {
      const length = Number(Buffer.from(source.read(0, LENGTH_BYTES)).readBigUInt64LE());
      bytesLeft -= length;
      if (bytesLeft < 0) return [];
      const json = Buffer.from(source.read(LENGTH_BYTES, length)).toString();
      return [ownField(JSON.parse(json), '__metadata__')];
    });
  });
}

function ownField(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
