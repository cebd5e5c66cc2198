import fc from 'fast-check';
import { ggmlTypes } from '../gguf-types';
import { array, type GgufValue, text, u32 } from './gguf-file';

const scalar: fc.Arbitrary<GgufValue> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }).map(text),
  fc.nat().map(u32),
  fc.double({ noNaN: true }).map((value): GgufValue => ({ type: 'f64', value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): GgufValue => ({ type: 'u64', value })),
  fc.boolean().map((value): GgufValue => ({ type: 'bool', value: Number(value) })),
);
const list = fc
  .array(fc.string({ unit: 'grapheme', maxLength: 9 }).map(text), { maxLength: 150 })
  .map((items) => array('string', items));
const tensorSpec = fc
  .record({
    name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
    type: fc.constantFrom(...ggmlTypes.keys()).filter((type) => type !== 9),
    blocks: fc.integer({ min: 0, max: 3 }),
    rows: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  })
  .map(({ name, type, blocks, rows }) => ({
    name,
    type,
    dims: [blocks * (ggmlTypes.get(type)?.elements ?? 1), ...rows],
  }));
const specs = fc.record({
  version: fc.constantFrom(1, 2, 3),
  pairs: fc.uniqueArray(
    fc.tuple(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), fc.oneof(scalar, list)),
    { selector: ([key]) => key, maxLength: 8 },
  ),
  tensors: fc.uniqueArray(tensorSpec, { selector: ({ name }) => name, maxLength: 8 }),
});

/** Valid files of all versions, value types that vary, and every tensor type of a fixed size. */
export const ggufSpecs = specs.filter(({ pairs }) =>
  pairs.every(([key]) => key !== 'general.alignment'),
);
