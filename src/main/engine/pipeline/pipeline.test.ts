import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelPool } from '../jobs/pool';
import { MAX_BATCH_BYTES } from '../kernels/encode-task';
import type { FileAt } from '../kernels/messages';
import { pieceOf } from '../kernels/packed';
import { builtWorker } from '../kernels/test-support';
import { writeSamples } from '../samples';
import { packedSizeSink } from './packed-size';
import { type EncodePlan, type PlannedFragment, planEncoding } from './plan';
import { type EncodedBatch, EncodingFailed, encodeAll } from './run';
import { type Packable, packableFolder } from './testing/packable';
import { storingSink } from './testing/stored-batches';

const THREADS = 2;

let folder = '';
let worker = '';
let pool: KernelPool;
let family: Packable;
let plan: EncodePlan;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-test-'));
  mkdirSync(join(folder, 'family'));
  await writeSamples(join(folder, 'family'), { size: 40_000_000 });
  worker = builtWorker();
  pool = new KernelPool(THREADS, pathToFileURL(worker));
  family = await packableFolder(join(folder, 'family'), pool);
  plan = planEncoding(family.contents, family.basesOf);
}, 120_000);
afterAll(async () => {
  await pool.stop();
  rmSync(folder, { recursive: true, force: true });
});

function readPart({ path }: FileAt, { offset, length }: PlannedFragment): Buffer {
  const fd = openSync(path, 'r');
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset);
  closeSync(fd);
  return bytes;
}

/** A plan that tells how much of it was asked for. */
function watched(
  original: EncodePlan,
): EncodePlan & { readonly asked: { bytes: number; batches: number } } {
  const asked = { bytes: 0, batches: 0 };
  function* batches() {
    for (const batch of original.batches()) {
      asked.bytes += batch.bytes;
      asked.batches += 1;
      yield batch;
    }
  }
  return { ...original, batches, asked };
}

describe('encodeAll', () => {
  it('stores every distinct fragment so that decoding gives its bytes', async () => {
    const sink = storingSink(join(folder, 'pack'));
    const seen: number[] = [];
    const ended = await encodeAll(plan, pool.lane(), sink, {
      effort: 'balanced',
      threads: THREADS,
      onProgress: ({ doneBytes, totalBytes }) => {
        seen.push(doneBytes);
        expect(totalBytes).toBe(plan.totalBytes);
      },
    });
    expect(ended).toBe(true);
    expect(seen.at(-1)).toBe(plan.totalBytes);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const digests = sink.batches.flatMap(({ batch }) => batch.fragments.map((each) => each.digest));
    expect(new Set(digests).size).toBe(plan.totalFragments);
    expect(digests.length).toBe(plan.totalFragments);
    let stored = 0;
    const lane = pool.lane();
    for (const [at, task] of sink.finish('bytes').entries()) {
      const outcome = await lane.run(task);
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
      expect(outcome.result.damaged).toEqual([]);
      const { batch, encoded } = sink.batches[at] as EncodedBatch;
      expect(encoded.refused).toEqual([]);
      stored += encoded.data.data.length;
      for (const [index, fragment] of batch.fragments.entries()) {
        const raw = readPart(batch.files[fragment.file] as FileAt, fragment);
        const piece = pieceOf(outcome.result.pieces, index);
        if (Buffer.compare(piece, raw) !== 0) throw new Error(`fragment ${index} differs`);
      }
    }
    expect(stored).toBeLessThan(0.7 * plan.totalBytes);
  }, 60_000);

  it('counts what is stored, by codec and by cause', async () => {
    const sink = packedSizeSink();
    const options = { effort: 'fast', threads: THREADS } as const;
    expect(await encodeAll(plan, pool.lane(), sink, options)).toBe(true);
    const { rawBytes, storedBytes, fragments, byCodec, byCause, refused } = sink.size();
    expect(rawBytes).toBe(plan.totalBytes);
    expect(fragments).toBe(plan.totalFragments);
    expect(refused).toBe(0);
    for (const counts of [byCodec, byCause]) {
      const sum = [...counts.values()].reduce((total, count) => total + count.storedBytes, 0);
      expect(sum).toBe(storedBytes);
    }
    expect(byCause.get('delta')?.fragments).toBeGreaterThan(0);
    expect(byCause.get('compression')?.fragments).toBeGreaterThan(0);
  });

  it('has no more in flight than it may while the sink is slow, and writes one batch at a time', async () => {
    const limit = 3 * MAX_BATCH_BYTES;
    const slow = watched(plan);
    let written = 0;
    let writing = 0;
    let most = 0;
    const sink = {
      write: async ({ batch, encoded }: EncodedBatch) => {
        expect(++writing).toBe(1);
        expect(encoded.data.data.length).toBeLessThanOrEqual(batch.bytes);
        await sleep(10);
        most = Math.max(most, slow.asked.bytes - written);
        written += batch.bytes;
        writing -= 1;
      },
    };
    const options = { effort: 'fast', threads: 8, maxInFlightBytes: limit } as const;
    expect(await encodeAll(slow, pool.lane(), sink, options)).toBe(true);
    expect(written).toBe(plan.totalBytes);
    expect(most).toBeLessThanOrEqual(limit);
    expect(most).toBeGreaterThan(MAX_BATCH_BYTES);
  });

  it('ends on cancel without another batch, and leaves the workers for others', async () => {
    const abort = new AbortController();
    const asked = watched(plan);
    let writes = 0;
    const sink = {
      write: async () => {
        writes += 1;
        // Meanwhile other batches come to wait for the sink.
        await sleep(50);
        abort.abort();
      },
    };
    const options = { effort: 'balanced', threads: THREADS, signal: abort.signal } as const;
    expect(await encodeAll(asked, pool.lane(), sink, options)).toBe(false);
    expect(writes).toBe(1);
    expect(asked.asked.batches).toBeLessThanOrEqual(2 * THREADS);
    expect(await encodeAll(asked, pool.lane(), sink, options)).toBe(false);
    expect(writes).toBe(1);
    expect(pool.idle).toBe(THREADS);
  });

  it('holds still while its lane is paused, can be cancelled then, and goes on otherwise', async () => {
    const lane = pool.lane();
    const asked = watched(plan);
    let writes = 0;
    const sink = {
      write: () => {
        writes += 1;
        if (writes === 1) lane.pause(true);
      },
    };
    const running = encodeAll(asked, lane, sink, { effort: 'balanced', threads: THREADS });
    await expect.poll(() => writes).toBeGreaterThan(0);
    await sleep(100);
    const before = { ...asked.asked, writes };
    await sleep(100);
    expect({ ...asked.asked, writes }).toEqual(before);
    expect(before.bytes).toBeLessThan(plan.totalBytes);
    lane.pause(false);
    expect(await running).toBe(true);
    expect(asked.asked.bytes).toBe(plan.totalBytes);

    const abort = new AbortController();
    const held = pool.lane();
    held.pause(true);
    const options = { effort: 'fast', threads: THREADS, signal: abort.signal } as const;
    const stopped = encodeAll(plan, held, sink, options);
    abort.abort();
    expect(await stopped).toBe(false);
  });

  it('rejects with what the sink threw, and calls it no more', async () => {
    let writes = 0;
    const sink = {
      write: async () => {
        writes += 1;
        await sleep(50);
        throw new Error('the disk is full');
      },
    };
    const options = { effort: 'fast', threads: THREADS } as const;
    await expect(encodeAll(plan, pool.lane(), sink, options)).rejects.toThrow('the disk is full');
    expect(writes).toBe(1);
    expect(pool.idle).toBe(THREADS);
  });
});

describe('a file that changes under the run', () => {
  const offsetOf = ({ contents }: Packable, file: number): number =>
    Math.max(
      ...contents.inventory.contents
        .filter((each) => each.file === file)
        .map((each) => each.offset),
    );

  async function small(name: string): Promise<{ packable: Packable; path: string; file: number }> {
    const place = join(folder, name);
    mkdirSync(place);
    await writeSamples(place, { size: 2_000_000 });
    const packable = await packableFolder(place, pool);
    const { files } = packable.contents.inventory;
    const file = files.findIndex(({ path }) => path.endsWith('nova-code.safetensors'));
    return { packable, path: files[file]?.path ?? '', file };
  }

  function flip(path: string, offset: number): void {
    const fd = openSync(path, 'r+');
    const byte = Buffer.alloc(1);
    readSync(fd, byte, 0, 1, offset);
    writeSync(fd, Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, offset);
    closeSync(fd);
  }

  async function failureOf(packable: Packable): Promise<EncodingFailed> {
    const options = { effort: 'fast', threads: THREADS } as const;
    const changed = planEncoding(packable.contents, packable.basesOf);
    const error = await encodeAll(changed, pool.lane(), packedSizeSink(), options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof EncodingFailed) return error;
    throw new Error(`expected EncodingFailed, found ${error}`);
  }

  it('is told by its path when its date is another', async () => {
    const { packable, path, file } = await small('dated');
    flip(path, offsetOf(packable, file));
    const failure = await failureOf(packable);
    expect(failure).toMatchObject({ code: 'changed', file: path });
    expect(failure.message).toContain(path);
  });

  it('is told by path and byte when only its bytes are others', async () => {
    const { packable, path, file } = await small('undated');
    const offset = offsetOf(packable, file);
    flip(path, offset);
    const { mtimeNs } = statSync(path, { bigint: true });
    const at = packable.contents.inventory.files[file] as FileAt;
    Object.assign(at.expected, { mtimeNs });
    const failure = await failureOf(packable);
    expect(failure).toMatchObject({ code: 'changed', file: path, offset });
    expect(failure.message).toContain(`${offset}`);
  });
});

it('tells the file when a worker dies over it, and the pool goes on', async () => {
  const wrapper = join(folder, 'dying.mjs');
  const dies = `(message) => { if (message.kind === 'encode') process.exit(7); }`;
  const lines = [
    `import { parentPort } from 'node:worker_threads';`,
    `parentPort.on('message', ${dies});`,
    `await import(${JSON.stringify(pathToFileURL(worker).href)});`,
  ];
  writeFileSync(wrapper, lines.join('\n'));
  const dying = new KernelPool(1, pathToFileURL(wrapper));
  try {
    const options = { effort: 'fast', threads: 1 } as const;
    const running = encodeAll(plan, dying.lane(), packedSizeSink(), options);
    await expect(running).rejects.toMatchObject({ code: 'crashed' });
  } finally {
    await dying.stop();
  }
});
