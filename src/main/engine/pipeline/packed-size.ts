import { type CodecName, codecIds } from '../codecs/types';
import type { EncodedBatch, EncodedSink } from './run';

/** Of fragments: how many, their raw bytes, and what is stored of them. */
export interface PackedCount {
  readonly fragments: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
}

/** Why stored bytes are fewer than raw ones; `raw`: they are not. */
export type PackedCause = 'raw' | 'compression' | 'delta' | 'cast';

export interface PackedSize extends PackedCount {
  readonly byCodec: ReadonlyMap<CodecName, PackedCount>;
  readonly byCause: ReadonlyMap<PackedCause, PackedCount>;
  /** Fragments that are stored raw because a codec failed on them; none, unless a codec is broken. */
  readonly refused: number;
}

const names = new Map<number, CodecName>(
  Object.entries(codecIds).map(([name, id]) => [id, name as CodecName]),
);

/** Codecs that store nothing but how the base is converted. */
const conversions: ReadonlySet<CodecName> = new Set(['cast', 'requantised']);

function causeOf(name: CodecName, base: number): PackedCause {
  if (conversions.has(name)) return 'cast';
  if (base >= 0) return 'delta';
  return name === 'raw' ? 'raw' : 'compression';
}

/**
 * Counts what is stored and keeps nothing: the exact size of a library's payload, without the few
 * bytes per fragment that its records take besides.
 */
export function packedSizeSink(): EncodedSink & { readonly size: () => PackedSize } {
  const byCodec = new Map<CodecName, PackedCount>();
  const byCause = new Map<PackedCause, PackedCount>();
  let total = none;
  let refused = 0;
  return {
    write: ({ batch: { fragments }, encoded }: EncodedBatch) => {
      const { codecs, bases, data } = encoded;
      refused += encoded.refused.length;
      for (const [at, { length }] of fragments.entries()) {
        const name = names.get(codecs[at] ?? -1);
        if (name === undefined) throw new RangeError(`expected a codec, found ${codecs[at]}`);
        const stored = (data.ends[at] ?? 0) - (at === 0 ? 0 : (data.ends[at - 1] ?? 0));
        const count = { fragments: 1, rawBytes: length, storedBytes: stored };
        add(byCodec, name, count);
        add(byCause, causeOf(name, bases[at] ?? -1), count);
        total = sum(total, count);
      }
    },
    size: () => ({ ...total, byCodec: new Map(byCodec), byCause: new Map(byCause), refused }),
  };
}

const none: PackedCount = { fragments: 0, rawBytes: 0, storedBytes: 0 };

function add<Key>(counts: Map<Key, PackedCount>, key: Key, count: PackedCount): void {
  counts.set(key, sum(counts.get(key) ?? none, count));
}

function sum(a: PackedCount, b: PackedCount): PackedCount {
  return {
    fragments: a.fragments + b.fragments,
    rawBytes: a.rawBytes + b.rawBytes,
    storedBytes: a.storedBytes + b.storedBytes,
  };
}
