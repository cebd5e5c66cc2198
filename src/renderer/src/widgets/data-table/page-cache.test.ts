import { describe, expect, it } from 'vitest';
import { createPageCache, type GetPage, type Page } from './page-cache';

type Row = string;
interface Asked {
  readonly query: string;
  readonly offset: number;
  readonly answer: (total: number) => Promise<void>;
  readonly refuse: (reason: Error) => Promise<void>;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A paged query whose answers the test gives by hand; row i of query q is `q:i`. */
function handAnswered(query: string, log: Asked[]): GetPage<Page<Row>> {
  return (offset, limit) =>
    new Promise((resolve, reject) => {
      log.push({
        query,
        offset,
        answer: (total) => {
          const length = Math.max(0, Math.min(limit, total - offset));
          resolve({ total, rows: Array.from({ length }, (_, i) => `${query}:${offset + i}`) });
          return settled().then(() => undefined);
        },
        refuse: (reason) => {
          reject(reason);
          return settled().then(() => undefined);
        },
      });
    });
}

function opened(options: Parameters<typeof createPageCache>[0] = {}) {
  const log: Asked[] = [];
  const cache = createPageCache<Row, Page<Row>>({ pageSize: 10, ...options });
  const at = (position: number): Asked => {
    const asked = log.at(position);
    if (!asked) throw new Error(`no request ${position}`);
    return asked;
  };
  return { log, cache, at };
}

describe('the page cache', () => {
  it('loads only the pages that are on screen, each once', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(1000);
    cache.ensure(45, 62);
    cache.ensure(45, 62);
    expect(log.map((asked) => asked.offset)).toEqual([0, 40, 50, 60]);
    await at(1).answer(1000);
    expect(cache.view().rowAt(49)).toBe('a:49');
    expect(cache.view().rowAt(55)).toBeUndefined();
  });

  it('drops an answer to a question that is no longer asked', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    cache.setQuery(handAnswered('b', log));
    await at(1).answer(7);
    await at(0).answer(500);
    expect(cache.view().total).toBe(7);
    expect(cache.view().rowAt(0)).toBe('b:0');
  });

  it('keeps old rows while a new question loads, and none of them afterwards', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(30);
    cache.ensure(0, 25);
    await at(1).answer(30);
    cache.setQuery(handAnswered('b', log));
    expect(cache.view().rowAt(0)).toBe('a:0');
    expect(cache.view().busy).toBe(true);
    await at(-1).answer(30);
    expect(cache.view().rowAt(0)).toBe('b:0');
    expect(cache.view().rowAt(12)).toBeUndefined();
    expect(cache.view().busy).toBe(false);
  });

  it('replaces pages one by one on a refresh of unchanged length', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(20);
    cache.ensure(0, 19);
    await at(1).answer(20);
    cache.refresh();
    const [, , first] = log;
    await first?.answer(20);
    expect(cache.view().rowAt(12)).toBe('a:12');
    expect(log.slice(2).map((asked) => asked.offset)).toEqual([0, 10]);
  });

  it('keeps the rows of before when a question fails, says why, and does not ask again by itself', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(30);
    cache.setQuery(handAnswered('b', log));
    const reason = new Error('invalid regular expression');
    await at(-1).refuse(reason);
    cache.ensure(0, 5);
    expect(cache.view().error).toBe(reason);
    expect(cache.view().busy).toBe(false);
    expect(cache.view().rowAt(0)).toBe('a:0');
    expect(log).toHaveLength(2);
    cache.refresh();
    await at(-1).answer(3);
    expect(cache.view().error).toBeUndefined();
    expect(cache.view().total).toBe(3);
  });

  it('has a bounded number of requests under way and asks for the newest place next', async () => {
    const { log, cache, at } = opened({ maxInFlight: 2 });
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(100_000);
    for (let row = 1000; row < 50_000; row += 1000) cache.ensure(row, row + 19);
    expect(log).toHaveLength(3);
    await at(1).answer(100_000);
    expect(at(-1).offset).toBe(49_000);
  });

  it('keeps a bounded number of pages, those nearest the screen', async () => {
    const { log, cache, at } = opened({ maxPages: 3 });
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(1000);
    for (const row of [100, 200, 300, 400]) {
      cache.ensure(row, row);
      await at(-1).answer(1000);
    }
    const held = [0, 100, 200, 300, 400].filter((row) => cache.view().rowAt(row) !== undefined);
    expect(held).toEqual([200, 300, 400]);
  });

  it('asks for nothing beyond the last row', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(12);
    cache.ensure(0, 500);
    expect(log.map((asked) => asked.offset)).toEqual([0, 10]);
  });

  it('starts a new question at the top, wherever the old one was scrolled to', async () => {
    const { log, cache, at } = opened();
    cache.setQuery(handAnswered('a', log));
    await at(0).answer(1000);
    cache.ensure(700, 720);
    cache.setQuery(handAnswered('b', log));
    expect(at(-1)).toMatchObject({ query: 'b', offset: 0 });
  });
});
