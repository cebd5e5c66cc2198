import { type Codec, codecIds, type Effort } from './types';

/** `max` goes on to its level only where the quick one comes as near to the limit as this. */
const NEAR = 1.05;

const levels: Readonly<Record<Effort, number>> = { fast: 1, balanced: 3, max: 19 };

/**
 * One zstd frame of all bytes, without content size and checksum: texts, tables, whatever repeats.
 */
export const plain: Codec = {
  id: codecIds.zstd,
  name: 'zstd',
  bases: 0,
  encode: ({ bytes }, _bases, limit, effort, tools) => {
    const quick = tools.zstd.compress(bytes, effort === 'fast' ? levels.fast : levels.balanced);
    const isHopeful = effort === 'max' && quick.length < limit * NEAR;
    const slow = isHopeful ? tools.zstd.compress(bytes, levels.max) : quick;
    const frame = slow.length < quick.length ? slow : quick;
    return frame.length < limit ? frame : undefined;
  },
  decode: (data, length, _kind, _bases, tools) => tools.zstd.decompress(data, length),
};
