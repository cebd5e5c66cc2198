import { bytesDelta } from './beyond-bytes';
import { cast } from './cast';
import { constant } from './constant';
import { delta } from './delta';
import { deltaRans } from './delta-rans';
import { plain } from './plain';
import { planes } from './planes';
import { planesRans } from './planes-rans';
import { qdelta } from './qdelta';
import { raw } from './raw';
import { requantised } from './requantise';
import { rows } from './rows-base';
import { rowsDelta } from './rows-base-map';
import { delta2, scaled } from './two-base';
import type { Codec, CodecId } from './types';

/** Every codec that this version can decode. */
export const codecs: readonly Codec[] = [
  raw,
  constant,
  plain,
  planes,
  delta,
  cast,
  planesRans,
  deltaRans,
  delta2,
  qdelta,
  requantised,
  scaled,
  rows,
  rowsDelta,
  bytesDelta,
];

const byId: ReadonlyMap<number, Codec> = new Map(codecs.map((codec) => [codec.id, codec]));

/** The codec that a record names; undefined for one of a later version. */
export function codecOf(id: CodecId | number): Codec | undefined {
  return byId.get(id);
}
