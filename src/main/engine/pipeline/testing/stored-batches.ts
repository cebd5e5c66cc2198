import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import type { TaskInput } from '../../jobs/pool';
import type { FileAt, StoredFragment } from '../../kernels/messages';
import type { EncodedBatch, EncodedSink } from '../run';

/** The task that gets one stored batch back; its first file is the one that holds the encoded bytes. */
export type DecodeInput = TaskInput<'decode'> & { readonly kind: 'decode' };

/** A sink that writes encoded fragments into a file, one behind the other. */
export interface StoringSink extends EncodedSink {
  readonly batches: EncodedBatch[];
  /** Closes the file. One task per batch, its fragments in the batch's order. */
  finish(want: 'bytes' | 'check'): DecodeInput[];
}

export function storingSink(path: string): StoringSink {
  const fd = openSync(path, 'w');
  const batches: EncodedBatch[] = [];
  const offsets: number[] = [];
  let end = 0;
  return {
    batches,
    write: (batch) => {
      batches.push(batch);
      offsets.push(end);
      end += writeSync(fd, batch.encoded.data.data);
    },
    finish: (want) => {
      closeSync(fd);
      const stat = statSync(path, { bigint: true });
      const expected = { size: Number(stat.size), mtimeNs: stat.mtimeNs, inode: stat.ino };
      return batches.map((batch, at) =>
        decodeInput(batch, { path, expected }, offsets[at] ?? 0, want),
      );
    },
  };
}

function decodeInput(
  { batch, encoded }: EncodedBatch,
  file: FileAt,
  offset: number,
  want: 'bytes' | 'check',
): DecodeInput {
  const { codecs, bases, data } = encoded;
  const fragments = batch.fragments.map((fragment, at): StoredFragment => {
    const from = at === 0 ? 0 : (data.ends[at - 1] ?? 0);
    const length = (data.ends[at] ?? 0) - from;
    const base = fragment.bases[bases[at] ?? -1];
    return {
      data: { file: 0, offset: offset + from, length },
      codec: codecs[at] as StoredFragment['codec'],
      length: fragment.length,
      kind: fragment.kind,
      bases: base === undefined ? [] : [{ ...base, file: base.file + 1 }],
    };
  });
  return { kind: 'decode', files: [file, ...batch.files], fragments, hashes: batch.hashes, want };
}
