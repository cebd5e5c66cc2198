import { blockPlanes, isRescalable, mergeBlocks, splitBlocks } from './blocks';
import { byteReader, byteWriter, damaged, joined, readByte, writeByte } from './bytes';
import { codecMemory, placed } from './memory';
import { roomFor } from './planes';
import { readStreams, writeStreams } from './streams';
import { type Codec, CodecError, codecIds } from './types';

/**
 * What quants are subtracted from: the base's own, or those under the content's scales. Where no scale differs the two are one, else the second has measured better at
 * every size of update: it is what `encode` takes.
 */
const forms = { quants: 0, rescaled: 1 } as const;

/**
 * Quantised blocks as their difference from a base of the same type and length: scales as ordered
 * 16-bit floats, quants lane by lane, a plane per field (see blocks.ts).
 *
 *   form     u8: 0 from the base's quants; 1 (Q4_0, Q8_0) from those quants under the content's scale
 *   streams  one per plane (see streams.ts)
 */
export const qdelta: Codec = {
  id: codecIds.qdelta,
  name: 'qdelta',
  bases: 1,
  encode: ({ bytes, kind }, [base], limit, effort, tools) => {
    if (kind === undefined || base?.kind !== kind || base.bytes.length !== bytes.length) {
      return undefined;
    }
    const memory = codecMemory(tools.kernels);
    const blocks = blockPlanes(kind, memory.planes.subarray(0, bytes.length));
    if (blocks === undefined) return undefined;
    const form = isRescalable(kind) ? forms.rescaled : forms.quants;
    splitBlocks(tools.kernels, memory, blocks, {
      content: placed(memory.content, bytes),
      base: placed(memory.base, base.bytes),
      isRescaled: form === forms.rescaled,
    });
    const writer = byteWriter();
    writeByte(writer, form);
    return writeStreams(writer, blocks.planes, limit, effort, tools) ? joined(writer) : undefined;
  },
  decode: (data, length, kind, [base], tools) => {
    const memory = codecMemory(tools.kernels);
    const area = roomFor('qdelta', memory.planes, length);
    const blocks = kind === undefined ? undefined : blockPlanes(kind, area);
    if (blocks === undefined) {
      throw new CodecError('qdelta', 0, 'whole quantised blocks', `${length} bytes`);
    }
    if (base?.kind !== kind || base?.bytes.length !== length) {
      throw new CodecError('qdelta', 0, 'the base that it was encoded with', 'another');
    }
    const reader = byteReader('qdelta', data);
    const form = readByte(reader);
    const isKnown = form === forms.quants || (form === forms.rescaled && isRescalable(blocks.kind));
    if (!isKnown) throw damaged(reader, 'a form of the kind', `${form}`);
    readStreams(reader, blocks.planes, tools);
    const content = memory.content.subarray(0, length);
    mergeBlocks(tools.kernels, memory, blocks, {
      content,
      base: placed(memory.base, base.bytes),
      isRescaled: form === forms.rescaled,
    });
    return content;
  },
};
