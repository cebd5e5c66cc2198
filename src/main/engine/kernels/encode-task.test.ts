import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from '@napi-rs/blake-hash';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODEC_BYTES } from '../codecs/memory';
import { type CodecId, codecIds } from '../codecs/types';
import { decodeFragments } from './decode-task';
import { encodeFragments, MAX_BATCH_BYTES } from './encode-task';
import { TaskStopped } from './failure';
import { type FragmentCodecs, fragmentCodecs } from './fragment-codecs';
import { FragmentBuffers, FragmentFailure } from './fragment-files';
import type { DecodeTask, EncodeDone, EncodeTask, FileAt, FragmentSource } from './messages';
import { pieceOf } from './packed';
import { splitmix64 } from './reference/cdc';
import { testKernels } from './test-support';
import { valueKinds } from './values';

const KiB = 1024;
const MiB = 1_048_576;

let folder = '';
let codecs: FragmentCodecs;
let set: Fragments;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-test-'));
  set = fragments();
  codecs = fragmentCodecs(testKernels(CODEC_BYTES));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const on = (): void => {};

function written(name: string, bytes: Uint8Array): FileAt {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { size, mtimeNs, ino } = statSync(path, { bigint: true });
  return { path, expected: { size: Number(size), mtimeNs, inode: ino } };
}

/** Weights around 0 as bfloat16, and others that differ from them by a little. */
function weights(count: number): { base: Uint8Array; tuned: Uint8Array } {
  const base = new Uint8Array(count * 2);
  const tuned = new Uint8Array(count * 2);
  const [from, to] = [new DataView(base.buffer), new DataView(tuned.buffer)];
  const random = splitmix64(7n, count);
  for (const [at, word] of random.entries()) {
    const value = (Number(word & 0xffffn) / 0x10000 - 0.5) * 0.04;
    const bits = bf16(value);
    from.setUint16(2 * at, bits, true);
    to.setUint16(2 * at, bits + Number((word >> 20n) & 1n), true);
  }
  return { base, tuned };
}

function bf16(value: number): number {
  return (new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0) >>> 16;
}

interface Fragments {
  readonly bytes: readonly Uint8Array[];
  readonly task: EncodeTask;
}

/** Fragments of every kind of use: a delta, one of the same without base, text, zeros, noise, nothing. */
function fragments(): Fragments {
  const { base, tuned } = weights(MiB / 2);
  const noise = new Uint8Array(BigUint64Array.from(splitmix64(3n, 8 * KiB)).buffer);
  const text = Buffer.from('{"model.layers.0": [0, 1024]}'.repeat(300));
  const bytes = [
    tuned,
    base.subarray(0, 6 * KiB),
    text,
    new Uint8Array(KiB),
    noise,
    noise.subarray(0, 0),
  ];
  const file = written('fragments', Buffer.concat(bytes));
  const other = written('base', base);
  const { BF16 } = valueKinds;
  const whole = { file: 1, offset: 0, length: base.length, kind: BF16, hash: bytes.length };
  let offset = 0;
  const sources = bytes.map(({ length }, at): FragmentSource => {
    offset += length;
    const place = { file: 0, offset: offset - length, length };
    return { ...place, kind: at < 2 ? BF16 : undefined, bases: at === 0 ? [whole] : [] };
  });
  const hashes = Buffer.concat([...bytes, base].map((each) => blake3(each)));
  const files = [file, other];
  return {
    bytes,
    task: { kind: 'encode', task: 5, files, fragments: sources, hashes, effort: 'balanced' },
  };
}

function decodeTask({ task }: Fragments, done: EncodeDone, name: string): DecodeTask {
  const stored = written(name, done.data.data);
  return {
    kind: 'decode',
    task: 6,
    files: [stored, ...task.files],
    hashes: task.hashes,
    want: 'bytes',
    fragments: task.fragments.map(({ length, kind, bases }, at) => {
      const offset = at === 0 ? 0 : (done.data.ends[at - 1] ?? 0);
      return {
        data: { file: 0, offset, length: (done.data.ends[at] ?? 0) - offset },
        codec: done.codecs[at] as CodecId,
        length,
        kind,
        bases:
          (done.bases[at] ?? -1) < 0 ? [] : bases.map((base) => ({ ...base, file: base.file + 1 })),
      };
    }),
  };
}

const lengthsOf = ({ ends }: { readonly ends: Float64Array }): number[] =>
  [...ends].map((end, at) => end - (at === 0 ? 0 : (ends[at - 1] ?? 0)));

const encode = (
  task: EncodeTask,
  use = codecs,
  checkpoint: (done: number) => void = on,
): EncodeDone => encodeFragments(task, use, new FragmentBuffers(), checkpoint);

const decode = (task: DecodeTask) => decodeFragments(task, codecs, new FragmentBuffers(), on);

describe('an encoding task', () => {
  it('stores each fragment in a way that suits it, and decoding gives its bytes', () => {
    const done = encode(set.task);
    expect(done).toMatchObject({ kind: 'encoded', task: 5, refused: [] });
    const [tuned, , text, zeros, noise] = lengthsOf(done.data);
    expect(tuned).toBeLessThan(0.15 * (set.bytes[0]?.length ?? 0));
    expect([...done.bases]).toEqual([0, -1, -1, -1, -1, -1]);
    expect(text).toBeLessThan(200);
    expect(zeros).toBeLessThan(4);
    expect(noise).toBe(set.bytes[4]?.length);
    const { damaged, pieces } = decode(decodeTask(set, done, 'stored'));
    expect(damaged).toEqual([]);
    for (const [at, bytes] of set.bytes.entries()) {
      expect(Buffer.compare(pieceOf(pieces, at), bytes)).toBe(0);
    }
  });

  it('gives itself up at a checkpoint, of which there is one before each fragment', () => {
    const { task } = set;
    const seen: number[] = [];
    const checkpoint = (done: number): void => {
      seen.push(done);
      if (seen.length === 3) throw new TaskStopped();
    };
    expect(() => encode(task, codecs, checkpoint)).toThrow(TaskStopped);
    expect(seen).toEqual([0, MiB, MiB + 6 * KiB]);
  });

  it.each([
    ['decodes to other bytes', { decode: ({ data }) => data.map((byte) => byte ^ 1) }],
    ['cannot decode what it made', { decode: () => fail('no such stream') }],
    ['fails', { encode: () => fail('out of luck') }],
    [
      'makes more of less',
      { encode: ({ bytes }) => ({ codec: codecIds.zstd, data: new Uint8Array(bytes.length + 1) }) },
    ],
  ] satisfies [string, Partial<FragmentCodecs>][])(
    'stores raw, and tells, what a codec %s',
    (_, broken) => {
      const done = encode(set.task, { ...codecs, ...broken });
      expect(done.refused.length).toBeGreaterThan(0);
      for (const { fragment } of done.refused) {
        expect(done.codecs[fragment]).toBe(codecIds.raw);
        expect(done.bases[fragment]).toBe(-1);
      }
      const { damaged, pieces } = decode(decodeTask(set, done, 'refused'));
      expect(damaged.map(({ fragment }) => fragment)).toEqual([]);
      expect(Buffer.compare(pieceOf(pieces, 0), set.bytes[0] ?? new Uint8Array(0))).toBe(0);
    },
  );

  it.each([
    ['a fragment', 2],
    ['a base', 6],
  ])('fails where the bytes of %s are not those of its hash', (_, at) => {
    const { task } = set;
    const hashes = Uint8Array.from(task.hashes);
    hashes[32 * at] = (hashes[32 * at] ?? 0) ^ 1;
    const failure = thrown(() => encode({ ...task, hashes }));
    const place = at === 6 ? { file: task.files[1]?.path, offset: 0 } : { offset: MiB + 6 * KiB };
    expect(failure).toMatchObject({ code: 'changed', ...place });
  });

  it.each([
    ['a range outside of its file', { offset: 2 ** 40 }],
    ['a negative offset', { offset: -1 }],
    ['a length that is none', { length: Number.NaN }],
    ['half an element', { length: 3 }],
    ['a file that is not there', { file: 9 }],
    [
      'three bases',
      {
        bases: [0, 0, 0].map(() => ({
          file: 1,
          offset: 0,
          length: 2,
          kind: valueKinds.BF16,
          hash: -1,
        })),
      },
    ],
  ])('refuses %s', (_, change) => {
    const { task } = set;
    const [first, ...rest] = task.fragments;
    const changed = { ...task, fragments: [{ ...(first as FragmentSource), ...change }, ...rest] };
    expect(() => encode(changed)).toThrow();
  });

  it('refuses more than a batch', () => {
    const { task } = set;
    const [first] = task.fragments;
    const many = Array.from({ length: MAX_BATCH_BYTES / MiB + 1 }, () => first as FragmentSource);
    expect(() => encode({ ...task, fragments: many })).toThrow(RangeError);
  });
});

describe('a decoding task', () => {
  it('tells every fragment of which a byte was flipped, and decodes the others', () => {
    const done = encode(set.task);
    const { data, ends } = done.data;
    for (const [at, end] of ends.entries()) {
      const from = at === 0 ? 0 : (ends[at - 1] ?? 0);
      for (const place of new Set([from, Math.floor((from + end) / 2), end - 1])) {
        if (place < from || from === end) continue;
        const flipped = Uint8Array.from(data);
        flipped[place] = (flipped[place] ?? 0) ^ 0x10;
        const task = decodeTask(set, { ...done, data: { data: flipped, ends } }, 'flipped');
        const { damaged, pieces } = decode(task);
        expect(damaged.map(({ fragment }) => fragment)).toEqual([at]);
        expect(pieceOf(pieces, at).length).toBe(0);
        const next = (at + 1) % set.bytes.length;
        expect(Buffer.compare(pieceOf(pieces, next), set.bytes[next] ?? data)).toBe(0);
      }
    }
  });

  it('only checks where bytes are not wanted', () => {
    const task = decodeTask(set, encode(set.task), 'checked');
    const { damaged, pieces } = decode({ ...task, want: 'check' });
    expect(damaged).toEqual([]);
    expect(pieces.data.length).toBe(0);
  });

  it('takes a codec of a later version as damage, and refuses lengths that no fragment has', () => {
    const task = decodeTask(set, encode(set.task), 'later');
    const [first, ...rest] = task.fragments;
    if (first === undefined) throw new Error('expected fragments');
    const later = { ...first, codec: 250 as CodecId };
    const faults = decode({ ...task, fragments: [later, ...rest] }).damaged;
    expect(faults.map(({ fragment }) => fragment)).toEqual([0]);
    for (const length of [-1, 2 ** 40, Number.NaN]) {
      const wrong = { ...task, fragments: [{ ...first, length }] };
      expect(() => decode(wrong)).toThrow();
      expect(() => decode({ ...wrong, want: 'check' })).toThrow();
    }
  });
});

function fail(message: string): never {
  throw new Error(message);
}

function thrown(work: () => unknown): FragmentFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof FragmentFailure) return error;
    throw error;
  }
  throw new Error('expected a failure');
}
