import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestInterner } from './interner';

const digests = (count: number, salt: string): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) => createHash('sha256').update(`${salt}${i}`).digest()),
  );

describe('DigestInterner', () => {
  it('numbers distinct digests densely and finds each again, through growth', () => {
    const interner = new DigestInterner();
    const many = digests(20_000, 'a');
    for (let i = 0; i < 20_000; i++) expect(interner.intern(many, i)).toBe(i);
    for (let i = 0; i < 20_000; i++) expect(interner.intern(many, i)).toBe(i);
    expect(interner.size).toBe(20_000);
    expect(interner.hex(777)).toBe(many.subarray(777 * 32, 778 * 32).toString('hex'));
    expect(interner.find(digests(1, 'b'), 0)).toBe(-1);
  });

  it('tells digests apart that share their first word', () => {
    const interner = new DigestInterner();
    const pair = Buffer.alloc(64, 7);
    pair[63] = 8;
    expect(interner.intern(pair, 0)).toBe(0);
    expect(interner.intern(pair, 1)).toBe(1);
  });
});
