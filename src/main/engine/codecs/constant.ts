import { copied } from './memory';
import { hasPeriod } from './streams';
import { type Codec, CodecError, codecIds } from './types';

const PERIODS: readonly number[] = [1, 2, 4, 8];

/**
 * One value over and over: zeros, ones, a masked attention's infinities.
 *
 *   pattern  1, 2, 4 or 8 bytes, as many as the data has; the content's byte i is its byte i modulo
 *            that. The content is at least as long.
 */
export const constant: Codec = {
  id: codecIds.constant,
  name: 'constant',
  bases: 0,
  encode: ({ bytes }, _bases, limit) => {
    const period = PERIODS.find((each) => each <= bytes.length && hasPeriod(bytes, each));
    return period === undefined || period >= limit ? undefined : copied(bytes.subarray(0, period));
  },
  decode: (data, length) => {
    const isShortest = data.length === 1 || !hasPeriod(data, data.length / 2);
    if (!PERIODS.includes(data.length) || data.length > length || !isShortest) {
      const expected = `the shortest pattern of 1, 2, 4 or 8 bytes, at most ${length}`;
      throw new CodecError('constant', 0, expected, `${data.length} bytes`);
    }
    return repeated(data, length);
  },
};

function repeated(pattern: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(pattern);
  for (let done = pattern.length; done < length; done *= 2) bytes.copyWithin(done, 0, done);
  return bytes;
}
