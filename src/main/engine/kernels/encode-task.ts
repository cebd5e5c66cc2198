import { type Base, type CodecId, codecIds, type Effort } from '../codecs/types';
import type { ExpectedFileReader } from './expected-file';
import type { FragmentCodecs } from './fragment-codecs';
import { checkWhole, type FragmentBuffers, hashAt, inFragment, withFiles } from './fragment-files';
import type { EncodeDone, EncodeTask, FragmentFault, FragmentSource } from './messages';
import type { ValueKind } from './values';

/** Most raw bytes of one task; what bounds an answer. */
export const MAX_BATCH_BYTES = 4_194_304;

/**
 * Encodes a task's fragments one after another: read (a fragment and its bases; no raw byte crosses
 * threads), hash and compare, encode, decode again and compare. `checkpoint` is called with the raw
 * bytes done so far before each fragment, and what it throws ends the task.
 *
 * A fragment whose encoding fails or does not decode to it is a defect of a codec. It never reaches
 * anybody's disk: the fragment is stored raw, and the answer says so in `refused`.
 *
 * Throws FragmentFailure `changed` where bytes have another hash than expected, `io` where they
 * cannot be read, `internal` for a task that contradicts itself; TaskFailure for files that are not,
 * or at the end no longer, the expected ones.
 */
export function encodeFragments(
  task: EncodeTask,
  codecs: FragmentCodecs,
  buffers: FragmentBuffers,
  checkpoint: (bytesDone: number) => void,
): EncodeDone {
  const { fragments } = task;
  const output = buffers.output(checkedTotal(fragments));
  const used = new Uint8Array(fragments.length);
  const bases = new Int8Array(fragments.length);
  const ends = new Float64Array(fragments.length);
  const refused: FragmentFault[] = [];
  let end = 0;
  withFiles(task.files, (files) => {
    let done = 0;
    for (const [at, fragment] of fragments.entries()) {
      checkpoint(done);
      const read = inFragment(task.files, fragment, () => readOne(task, at, files, buffers));
      const into = output.subarray(end, end + fragment.length);
      const { codec, base, length, refusal } = encodeOne(read, task.effort, codecs, into);
      if (refusal !== undefined) refused.push({ fragment: at, reason: refusal });
      used[at] = codec;
      bases[at] = base;
      done += fragment.length;
      end += length;
      ends[at] = end;
    }
  });
  const data = { data: output.slice(0, end), ends };
  return { kind: 'encoded', task: task.task, codecs: used, bases, data, refused };
}

interface Read {
  readonly bytes: Uint8Array;
  readonly kind: ValueKind | undefined;
  readonly bases: readonly Base[];
}

function readOne(
  { fragments, hashes }: EncodeTask,
  at: number,
  files: readonly ExpectedFileReader[],
  buffers: FragmentBuffers,
): Read {
  const fragment = fragments[at] as FragmentSource;
  checkWhole(fragment.length, fragment.kind);
  const bytes = buffers.content(files, fragment, hashAt(hashes, at));
  return { bytes, kind: fragment.kind, bases: buffers.bases(files, fragment.bases, hashes) };
}

interface Written {
  readonly codec: CodecId;
  /** As in EncodeDone. */
  readonly base: number;
  /** Bytes at the beginning of `into`. */
  readonly length: number;
  /** Why it is stored raw instead of encoded. */
  readonly refusal?: string;
}

/** `into` has the fragment's length. */
function encodeOne(read: Read, effort: Effort, codecs: FragmentCodecs, into: Uint8Array): Written {
  try {
    return encodeVerified(read, effort, codecs, into);
  } catch (error) {
    into.set(read.bytes);
    const refusal = error instanceof Error ? error.message : String(error);
    return { codec: codecIds.raw, base: -1, length: read.bytes.length, refusal };
  }
}

function encodeVerified(
  { bytes, kind, bases }: Read,
  effort: Effort,
  codecs: FragmentCodecs,
  into: Uint8Array,
): Written {
  const encoded = codecs.encode({ bytes, kind }, bases, effort);
  const { codec, data } = encoded;
  if (data.length > into.length) {
    throw new RangeError(`codec ${codec} made ${data.length} bytes of ${bytes.length}`);
  }
  // Out of the codecs' memory before they decode; from the bases that a record will name.
  into.set(data);
  const written = into.subarray(0, data.length);
  const count = codecs.basesOf(codec);
  const base = count === 0 ? -1 : (encoded.base ?? 0);
  const used = count === 0 ? [] : bases.slice(base, base + count);
  const decoded = codecs.decode({ codec, data: written }, bytes.length, kind, used);
  if (Buffer.compare(decoded, bytes) === 0) return { codec, base, length: data.length };
  throw new Error(`what codec ${codec} made does not decode to the fragment`);
}

function checkedTotal(fragments: readonly FragmentSource[]): number {
  const total = fragments.reduce((sum, { length }) => sum + length, 0);
  if (total >= 0 && total <= MAX_BATCH_BYTES) return total;
  throw new RangeError(`expected at most ${MAX_BATCH_BYTES} bytes in a task, found ${total}`);
}
