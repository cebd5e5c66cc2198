import { copied } from './memory';
import { type Codec, CodecError, codecIds } from './types';

/** The bytes themselves. */
export const raw: Codec = {
  id: codecIds.raw,
  name: 'raw',
  bases: 0,
  encode: ({ bytes }, _bases, limit) => (bytes.length < limit ? copied(bytes) : undefined),
  decode: (data, length) => {
    if (data.length !== length) {
      throw new CodecError('raw', 0, `${length} bytes`, `${data.length}`);
    }
    return data;
  },
};
