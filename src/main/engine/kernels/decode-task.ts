import { type Base, CodecError } from '../codecs/types';
import { MAX_FRAGMENT_BYTES } from '../fragments/cut';
import { MAX_BATCH_BYTES } from './encode-task';
import type { ExpectedFileReader } from './expected-file';
import type { FragmentCodecs } from './fragment-codecs';
import { checkWhole, type FragmentBuffers, hashAt, inFragment, withFiles } from './fragment-files';
import type { DecodeDone, DecodeTask, FragmentFault, StoredFragment } from './messages';

/**
 * Decodes a task's fragments one after another and checks each against its hash. A damaged one is
 * told in `damaged`, and the others are decoded all the same. `checkpoint` is called with the raw
 * bytes done so far before each fragment, and what it throws ends the task. Throws as
 * `encodeFragments` does where files are not the expected ones, or cannot be read.
 */
export function decodeFragments(
  task: DecodeTask,
  codecs: FragmentCodecs,
  buffers: FragmentBuffers,
  checkpoint: (bytesDone: number) => void,
): DecodeDone {
  const { fragments, hashes, want } = task;
  const output = new Uint8Array(want === 'bytes' ? checkedTotal(fragments) : 0);
  const ends = new Float64Array(want === 'bytes' ? fragments.length : 0);
  const damaged: FragmentFault[] = [];
  let done = 0;
  let end = 0;
  withFiles(task.files, (files) => {
    for (const [at, fragment] of fragments.entries()) {
      checkpoint(done);
      const { data, bases } = inFragment(task.files, fragment.data, () =>
        readOne(fragment, files, hashes, buffers),
      );
      const bytes = decodeOne(fragment, data, bases, codecs);
      const isWhole = bytes instanceof Uint8Array && buffers.hasHash(bytes, hashAt(hashes, at));
      if (!isWhole) damaged.push({ fragment: at, reason: reasonOf(bytes) });
      done += fragment.length;
      if (want === 'check') continue;
      if (isWhole) {
        output.set(bytes, end);
        end += bytes.length;
      }
      ends[at] = end;
    }
  });
  const data = end === output.length ? output : output.slice(0, end);
  return { kind: 'decoded', task: task.task, pieces: { data, ends }, damaged };
}

function readOne(
  fragment: StoredFragment,
  files: readonly ExpectedFileReader[],
  hashes: Uint8Array,
  buffers: FragmentBuffers,
): { data: Uint8Array; bases: readonly Base[] } {
  const { length, kind } = fragment;
  if (!(Number.isSafeInteger(length) && length >= 0 && length <= MAX_FRAGMENT_BYTES)) {
    throw new RangeError(`expected a fragment of at most ${MAX_FRAGMENT_BYTES}, found ${length}`);
  }
  checkWhole(length, kind);
  const data = buffers.read(files, fragment.data, 0, MAX_FRAGMENT_BYTES);
  return { data, bases: buffers.bases(files, fragment.bases, hashes) };
}

/** The fragment, perhaps a damaged one, or why it cannot be decoded. */
function decodeOne(
  { codec, length, kind }: StoredFragment,
  data: Uint8Array,
  bases: readonly Base[],
  codecs: FragmentCodecs,
): Uint8Array | string {
  try {
    const bytes = codecs.decode({ codec, data }, length, kind, bases);
    return bytes.length === length ? bytes : `decoded to ${bytes.length} bytes, not ${length}`;
  } catch (error) {
    if (error instanceof CodecError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function reasonOf(found: Uint8Array | string): string {
  return typeof found === 'string' ? found : 'decoded to bytes with another hash';
}

function checkedTotal(fragments: readonly StoredFragment[]): number {
  const total = fragments.reduce((sum, { length }) => sum + length, 0);
  if (total >= 0 && total <= MAX_BATCH_BYTES) return total;
  throw new RangeError(`expected at most ${MAX_BATCH_BYTES} bytes in a task, found ${total}`);
}
