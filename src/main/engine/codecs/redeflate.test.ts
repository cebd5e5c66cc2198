import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../formats/index';
import { deflateWithin, redeflate, settingsOf } from './redeflate';
import { madeText } from './testing/beyond';

/**
 * Of the streams that stock zlib 1.2.13 makes of `madeText(300_000)` (deflateInit2 with windowBits -15 and the
 * default strategy): level, memLevel, bytes, the first 16 digits of SHA-256.
 */
const golden: readonly (readonly [number, number, number, string])[] = [
  [1, 8, 80616, 'e3b469473ef54288'],
  [1, 9, 80507, '9de451b1748fb0d8'],
  [2, 8, 80607, 'fa9377eca9fc5524'],
  [2, 9, 80485, 'b3bbfee8fc896d11'],
  [3, 8, 80555, '2724458b05df4d3f'],
  [3, 9, 80443, '69026496b9368400'],
  [4, 8, 77505, '0b5494807ce95694'],
  [4, 9, 77403, 'fc2ddf013df3bb09'],
  [5, 8, 77454, '095134b861f15e4f'],
  [5, 9, 77359, '4554c03835e4c6b6'],
  [6, 8, 77392, '73e57d061e25e801'],
  [6, 9, 77289, '03cf92aa0e14a934'],
  [7, 8, 77367, 'f879da099df04577'],
  [7, 9, 77267, '56229928ce9c949d'],
  [8, 8, 77215, '2a458d5d6b353a47'],
  [8, 9, 77124, '320d32080f361ad9'],
  [9, 8, 77212, 'f2afb1f087aa729a'],
  [9, 9, 77122, '50f2c98499dda994'],
];

const sharedNpz = join(import.meta.dirname, '../../../../../shared/data/waifu2x_vgg7_npz');

describe('redeflate', () => {
  const text = madeText(300_000);

  it.each(golden)(
    'makes zlib’s stream at level %i, memLevel %i',
    (level, memLevel, length, hash) => {
      const stream = redeflate(text, { level, memLevel }, length);
      expect(stream?.length).toBe(length);
      const digest = createHash('sha256')
        .update(stream ?? text)
        .digest('hex');
      expect(digest.slice(0, 16)).toBe(hash);
      expect(settingsOf(text, stream ?? text)).toBeDefined();
    },
  );

  it('makes streams that inflate to what they were made of, whatever the length', () => {
    for (const length of [
      0, 1, 2, 3, 257, 258, 259, 16_383, 16_384, 32_768, 65_274, 65_275, 65_536,
    ]) {
      const bytes = madeText(length);
      for (let level = 1; level <= 9; level++) {
        const sized = streamOf(bytes, level);
        expect(Buffer.compare(inflateRawSync(sized), bytes)).toBe(0);
      }
    }
  });

  it('finds no settings for a stream of another encoder', () => {
    const bytes = madeText(50_000);
    const stream = new Uint8Array(deflateRawSync(bytes, { level: 6, strategy: 2 }));
    expect(settingsOf(bytes, stream)).toBeUndefined();
    expect(settingsOf(bytes, new Uint8Array(0))).toBeUndefined();
    const other = streamOf(bytes, 6);
    other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
    expect(settingsOf(bytes, other)).toBeUndefined();
  });

  it('refuses settings and lengths that are not the stream’s', () => {
    const length = streamOf(text, 6).length;
    for (const settings of [
      { level: 0, memLevel: 8 },
      { level: 10, memLevel: 8 },
      { level: 6, memLevel: 7 },
      { level: 1.5, memLevel: 8 },
    ]) {
      expect(redeflate(text, settings, length)).toBeUndefined();
    }
    expect(redeflate(text, { level: 6, memLevel: 8 }, length - 1)).toBeUndefined();
    expect(redeflate(text, { level: 6, memLevel: 8 }, length + 1)).toBeUndefined();
  });

  it.skipIf(!existsSync(sharedNpz))('makes every member of real archives again', () => {
    let members = 0;
    for (const name of readdirSync(sharedNpz).filter((each) => each.endsWith('.npz'))) {
      const path = join(sharedNpz, name);
      const file = readFileSync(path);
      for (const { inflate, offset, byteLength } of readHeader(path).tensors) {
        if (inflate === undefined) continue;
        const stream = file.subarray(offset, offset + byteLength);
        expect(settingsOf(inflateRawSync(stream), stream)).toEqual({ level: 6, memLevel: 8 });
        members++;
      }
    }
    expect(members).toBe(112);
  });
});

function streamOf(bytes: Uint8Array, level: number): Uint8Array {
  const most = bytes.length + 64 + Math.ceil(bytes.length / 1000);
  return deflateWithin(bytes, { level, memLevel: 8 }, most) ?? new Uint8Array(0);
}
