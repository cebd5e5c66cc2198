import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RequestName } from '../../../shared/ipc';
import { ClientError } from './client';
import { type Fetcher, QueryCache } from './query-cache';
import { workUnderWay } from './settled';

interface Asked {
  readonly name: RequestName;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** A fetcher that keeps its calls and answers when told. */
function controlled() {
  const calls: Asked[] = [];
  const ask = (name: RequestName) =>
    new Promise<unknown>((answer, fail) => calls.push({ name, answer, fail }));
  const last = () => {
    const call = calls.at(-1);
    if (!call) throw new Error('nothing was asked');
    return call;
  };
  return { calls, fetcher: ask as Fetcher, last };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('QueryCache', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks once for two observers of the same query', async () => {
    const { calls, fetcher, last } = controlled();
    const cache = new QueryCache(fetcher);
    const seen = vi.fn();
    cache.observe('jobs.list', {}, seen);
    cache.observe('jobs.list', {}, seen);
    expect(calls).toHaveLength(1);
    last().answer([]);
    await settle();
    expect(cache.read('jobs.list', {}).data).toEqual([]);
    expect(seen).toHaveBeenCalled();
  });

  it('keeps showing the old answer while a new one is read', async () => {
    const { calls, fetcher, last } = controlled();
    const cache = new QueryCache(fetcher, 100);
    cache.observe('problems.list', {}, () => {});
    last().answer(['old']);
    await settle();
    cache.invalidate('problems.changed');
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toHaveLength(2);
    expect(cache.read('problems.list', {})).toMatchObject({ data: ['old'], fetching: true });
    last().answer(['new']);
    await settle();
    expect(cache.read('problems.list', {})).toMatchObject({ data: ['new'], fetching: false });
  });

  it('reads a storm of events at most once per interval, and once after the last', async () => {
    const { calls, fetcher } = controlled();
    const cache = new QueryCache(
      (async (name, params) => {
        void fetcher(name, params);
        return calls.length;
      }) as Fetcher,
      100,
    );
    cache.observe('models.list', {}, () => {});
    await settle();
    for (let ms = 0; ms < 1000; ms += 10) {
      cache.invalidate('models.changed');
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(calls.length).toBeGreaterThanOrEqual(9);
    expect(calls.length).toBeLessThanOrEqual(12);
    expect(cache.read('models.list', {}).data).toBe(calls.length);
  });

  it('reads again what went out of date while it was being read', async () => {
    const { calls, fetcher, last } = controlled();
    const cache = new QueryCache(fetcher, 50);
    cache.observe('models.list', {}, () => {});
    cache.invalidate('models.changed');
    last().answer('before');
    await vi.advanceTimersByTimeAsync(60);
    expect(calls).toHaveLength(2);
  });

  it('does not read what nobody looks at, until somebody does', async () => {
    const { calls, fetcher, last } = controlled();
    const cache = new QueryCache(fetcher, 50);
    const end = cache.observe('savings.report', {}, () => {});
    last().answer('report');
    await settle();
    end();
    cache.invalidate('models.changed');
    await vi.advanceTimersByTimeAsync(500);
    expect(calls).toHaveLength(1);
    cache.observe('savings.report', {}, () => {});
    expect(calls).toHaveLength(2);
  });

  it('keeps the last answer beside the failure of a refresh', async () => {
    const { fetcher, last } = controlled();
    const cache = new QueryCache(fetcher, 0);
    cache.observe('problems.list', {}, () => {});
    last().answer(['found']);
    await settle();
    cache.invalidate('problems.changed');
    await vi.advanceTimersByTimeAsync(1);
    last().fail(new ClientError('io', 'The disk went away.'));
    await settle();
    const { data, error } = cache.read('problems.list', {});
    expect(data).toEqual(['found']);
    expect(error?.message).toBe('The disk went away.');
  });

  it('forgets the oldest answers that nobody looks at', async () => {
    const { calls, fetcher } = controlled();
    const cache = new QueryCache(fetcher, 0, 3);
    const ask = async (prefix: string) => {
      const modelId = '0123456789abcdef' as never;
      const end = cache.observe('tensors.children', { modelId, prefix }, () => {});
      calls.at(-1)?.answer([]);
      await settle();
      end();
    };
    for (const prefix of ['a', 'b', 'c', 'd', 'e']) await ask(prefix);
    await ask('e');
    expect(calls).toHaveLength(5);
    await ask('a');
    expect(calls).toHaveLength(6);
  });

  it('counts as under way from the event to the answer', async () => {
    const before = workUnderWay();
    const { fetcher, last } = controlled();
    const cache = new QueryCache(fetcher, 100);
    cache.observe('problems.list', {}, () => {});
    expect(workUnderWay() - before).toBe(1);
    last().answer([]);
    await settle();
    expect(workUnderWay() - before).toBe(0);
    cache.invalidate('problems.changed');
    expect(workUnderWay() - before).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(workUnderWay() - before).toBe(1);
    last().answer([]);
    await settle();
    expect(workUnderWay() - before).toBe(0);
  });
});
