import { describe, expect, it } from 'vitest';
import { seeded } from '../formats/testing/random';
import { Pacer } from './pacer';
import { sortPaced } from './sort';

describe('sortPaced', () => {
  it('sorts as the system does, stably, whatever the length', async () => {
    const random = seeded(7);
    for (const length of [0, 1, 2, 1023, 1024, 1025, 2048, 5000]) {
      const items = Array.from({ length }, (_, at) => ({ key: Math.floor(random() * 50), at }));
      const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
      const pacer = new Pacer(undefined, undefined);
      expect(await sortPaced(items, compare, pacer)).toEqual(items.toSorted(compare));
    }
  });

  it('gives all items back when it is aborted', async () => {
    const controller = new AbortController();
    controller.abort();
    const pacer = new Pacer(controller.signal, undefined);
    const items = Array.from({ length: 3000 }, (_, at) => -at);
    expect(await sortPaced(items, (a, b) => a - b, pacer)).toHaveLength(3000);
  });
});
