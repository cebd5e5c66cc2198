import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { elementCount } from './dtypes';
import { FormatError } from './errors';
import { GGUF_BYTE_ORDER_KEY, ggufReader } from './gguf';
import { ggmlTypes } from './gguf-types';
import type { ByteSource, FileHeader } from './reader';
import { scratchFolder } from './testing/cases';
import { ggufCases } from './testing/gguf-cases';
import {
  array,
  type GgufSpec,
  ggufFile,
  ggufParts,
  ggufTensorBytes,
  text,
  u32,
} from './testing/gguf-file';
import { ggufSpecs } from './testing/gguf-specs';
import { mutants } from './testing/random';

const scratch = scratchFolder('gguf');
afterAll(scratch.remove);

function readSource(source: ByteSource): FileHeader {
  const header = ggufReader.read(source);
  if (header === undefined) throw new Error('not recognised');
  return header;
}

const read = (bytes: Uint8Array, name = 'a.gguf') => readSource(memoryByteSource(name, bytes));

function readFile(path: string): FileHeader {
  const source = openByteSource(path);
  try {
    return readSource(source);
  } finally {
    source.close();
  }
}

/** The header, or the refusal; anything else thrown is a fault and fails the test. */
function attempt(bytes: Uint8Array): FileHeader | FormatError {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/** Tensors lie in the file one after the other, apart by less than the alignment. */
function expectTiling({ tensors, metadata }: FileHeader, size: number): void {
  const alignment = Number(metadata['general.alignment'] ?? 32);
  const ranges = tensors.toSorted((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let next = ranges[0]?.offset ?? size;
  for (const { offset, byteLength } of ranges) {
    expect(offset % alignment).toBe(0);
    expect(offset).toBeGreaterThanOrEqual(next);
    expect(offset - next).toBeLessThan(alignment);
    next = offset + byteLength;
  }
  expect(next).toBeLessThanOrEqual(size);
  expect(size - next).toBeLessThan(alignment);
}

describe('the corpus of bad GGUF files', () => {
  for (const { name, bytes, expect: expected } of ggufCases) {
    it(`${expected === 'valid' ? 'accepts' : 'refuses'}: ${name}`, () => {
      const outcome = attempt(bytes);
      if (expected === 'valid') {
        if (outcome instanceof FormatError) throw outcome;
        expectTiling(outcome, bytes.length);
        expect(readFile(scratch.write('case.gguf', bytes))).toEqual(outcome);
        return;
      }
      if (!(outcome instanceof FormatError)) throw new Error('it was accepted');
      expect(outcome.message.replace('a.gguf: ', '')).toMatch(expected);
      expect(outcome.file).toBe('a.gguf');
      expect(outcome.offset).toBeGreaterThanOrEqual(0);
      expect(outcome.offset).toBeLessThanOrEqual(bytes.length);
      expect(() => readFile(scratch.write('case.gguf', bytes))).toThrow(FormatError);
    });
  }

  it('names the byte at which a repeated key stands', () => {
    const pair = ['general.name', text('x')] as const;
    const error = attempt(ggufFile({ pairs: [pair, pair] }));
    expect((error as FormatError).offset).toBe(24 + 8 + 12 + 4 + 8 + 1);
  });
});

const everyValue: GgufSpec['pairs'] = [
  ['u8', { type: 'u8', value: 255 }],
  ['i8', { type: 'i8', value: -128 }],
  ['u16', { type: 'u16', value: 65_535 }],
  ['i16', { type: 'i16', value: -32_768 }],
  ['u32', u32(4_294_967_295)],
  ['i32', { type: 'i32', value: -2_147_483_648 }],
  ['f32', { type: 'f32', value: 1.5 }],
  ['nan', { type: 'f32', value: Number.NaN }],
  ['bool', { type: 'bool', value: 1 }],
  ['string', text('naïve 😀')],
  ['array', array('array', [array('u8', [{ type: 'u8', value: 1 }]), array('string', [])])],
  ['u64', { type: 'u64', value: 2n ** 64n - 1n }],
  ['i64', { type: 'i64', value: -7n }],
  ['f64', { type: 'f64', value: 0.1 }],
];
const everyValueRead = {
  u8: 255,
  i8: -128,
  u16: 65_535,
  i16: -32_768,
  u32: 4_294_967_295,
  i32: -2_147_483_648,
  f32: 1.5,
  nan: 'NaN',
  bool: true,
  string: 'naïve 😀',
  array: [[1], []],
  u64: '18446744073709551615',
  i64: -7,
  f64: 0.1,
};

describe('a header', () => {
  it('gives all 13 value types in every version and byte order', () => {
    for (const version of [1, 2, 3]) {
      const header = read(ggufFile({ version, pairs: everyValue }));
      expect(header).toMatchObject({ version: String(version), metadata: everyValueRead });
    }
    const { metadata } = read(ggufFile({ bigEndian: true, pairs: everyValue }));
    expect(metadata).toEqual({ ...everyValueRead, [GGUF_BYTE_ORDER_KEY]: 'big' });
  });

  it('gives shapes in row-major order, and dtypes as safetensors names them', () => {
    const file = ggufFile({
      tensors: [
        { name: 'token_embd.weight', dims: [64, 512] },
        { name: 'blk.0.attn_q.weight', dims: [256, 3], type: 12 },
      ],
    });
    const [first, second] = read(file).tensors;
    const { dataStart } = ggufParts({ tensors: [{ name: 'token_embd.weight', dims: [64, 512] }] });
    expect(first).toMatchObject({ dtype: 'F32', shape: [512, 64], encoding: 'raw' });
    expect(first?.byteLength).toBe(131_072);
    expect(second).toMatchObject({ dtype: 'Q4_K', shape: [3, 256], encoding: 'raw' });
    expect(second?.byteLength).toBe(432);
    expect(first?.offset).toBeGreaterThan(dataStart);
  });

  it('marks big-endian tensors as encoded, except where elements are single bytes', () => {
    const tensors = [
      { name: 'f', dims: [2] },
      { name: 'i', dims: [2], type: 24 },
    ];
    const header = read(ggufFile({ bigEndian: true, tensors }));
    expect(header.tensors.map(({ encoding }) => encoding)).toEqual(['encoded', 'raw']);
  });

  it('keeps a tensor of unknown type up to the next one, as opaque bytes', () => {
    const tensors = [
      { name: 'a', dims: [99], type: 1234, bytes: 70 },
      { name: 'b', dims: [1] },
    ];
    expect(read(ggufFile({ tensors })).tensors[0]).toMatchObject({
      dtype: 'ggml type 1234',
      byteLength: 96,
      encoding: 'encoded',
    });
  });

  it('keeps entries named __proto__ as plain entries', () => {
    const header = read(ggufFile({ pairs: [['__proto__', text('x')]] }));
    expect(Object.entries(header.metadata)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(header.metadata)).toBe(Object.prototype);
  });
});

describe('recognition', () => {
  it('needs no extension', () => {
    expect(read(ggufFile({}), 'sha256-0123').format).toBe('gguf');
  });

  it('leaves alone what came before GGUF, and other files', () => {
    const rest = ggufFile({}).subarray(4);
    for (const mark of ['FUGG', 'lmgg', 'tjgg']) {
      const file = Buffer.concat([Buffer.from(mark), rest]);
      expect(ggufReader.read(memoryByteSource('old.gguf', file))).toBeUndefined();
    }
    expect(ggufReader.read(memoryByteSource('x.bin', Buffer.alloc(64)))).toBeUndefined();
    expect(ggufReader.read(memoryByteSource('x.bin', Buffer.alloc(0)))).toBeUndefined();
  });
});

/** A sparse file: its header, then as many bytes of nothing as its tensors take. */
function sparse(name: string, header: Uint8Array, size: number): string {
  const path = join(scratch.folder, name);
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, header);
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
  return path;
}

describe('reading a large file', () => {
  it('of 8 GiB touches its header only', () => {
    const tensors = Array.from({ length: 256 }, (_, index) => ({
      name: `blk.${index}.ffn_up.weight`,
      dims: [8192, 1024],
    }));
    const { header, dataBytes } = ggufParts({ pairs: everyValue, tensors });
    const source = openByteSource(sparse('8g.gguf', header, header.length + dataBytes));
    try {
      expect(source.size).toBeGreaterThan(8_589_934_592);
      expect(readSource(source).tensors).toHaveLength(256);
      expect(source.bytesRead).toBeLessThan(40_000);
    } finally {
      source.close();
    }
  });

  it('jumps over a chat template of 100 MB and says how long it is', () => {
    const length = 100_000_000;
    const { header } = ggufParts({ pairs: [['tokenizer.chat_template', text('')]] });
    header.writeBigUInt64LE(BigInt(length), header.length - 8);
    const source = openByteSource(sparse('template.gguf', header, header.length + length));
    try {
      const { metadata } = readSource(source);
      expect(metadata['tokenizer.chat_template']).toMatch(/… \(100000000 bytes\)$/);
      expect(source.bytesRead).toBeLessThan(100_000);
    } finally {
      source.close();
    }
  });

  it('jumps over an array of a gigabyte', () => {
    const { header } = ggufParts({ pairs: [['scores', array('f32', [])]] });
    header.writeBigUInt64LE(268_435_456n, header.length - 8);
    const source = openByteSource(sparse('array.gguf', header, header.length + 1_073_741_824));
    try {
      expect(readSource(source).metadata.scores).toMatchObject({ count: 268_435_456 });
      expect(source.bytesRead).toBeLessThan(100_000);
    } finally {
      source.close();
    }
  });

  it('refuses millions of arrays in an array within 5 s, and within their cost accepts them', () => {
    const headBytes = 12;
    const of = (count: number) => {
      const { header } = ggufParts({ pairs: [['rows', array('array', [])]] });
      header.writeBigUInt64LE(BigInt(count), header.length - 8);
      return Buffer.concat([header, Buffer.alloc(count * headBytes)]);
    };
    const start = performance.now();
    expect(() => read(of(2_200_000))).toThrow(/or 2097152 arrays in arrays/);
    expect(read(of(2_000_000)).metadata.rows).toMatchObject({ count: 2_000_000 });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('refuses a gigabyte of empty strings within 5 s', () => {
    const { header } = ggufParts({ pairs: [['tokens', array('string', [])]] });
    header.writeBigUInt64LE(134_217_728n, header.length - 8);
    const path = sparse('strings.gguf', header, header.length + 1_073_741_824);
    const start = performance.now();
    expect(() => readFile(path)).toThrow(/at most 16777216 strings/);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('generated valid files', () => {
  it('are read as they were written, and twice the same', () => {
    fc.assert(
      fc.property(ggufSpecs, (spec) => {
        const file = ggufFile(spec);
        const header = read(file);
        expectTiling(header, file.length);
        expect(
          header.tensors.map(({ name, shape, dtype, byteLength }) => ({
            name,
            shape,
            dtype,
            byteLength,
          })),
        ).toEqual(
          spec.tensors.map((tensor) => ({
            name: tensor.name,
            shape: tensor.dims.toReversed(),
            dtype: ggmlTypes.get(tensor.type)?.dtype,
            byteLength: ggufTensorBytes(tensor),
          })),
        );
        expect(Object.keys(header.metadata).sort()).toEqual(spec.pairs.map(([key]) => key).sort());
        expect(read(file)).toEqual(header);
      }),
      { seed: 20_240_602, numRuns: 300 },
    );
  });
});

const sample: GgufSpec = {
  pairs: [
    ['general.architecture', text('llama')],
    ['general.alignment', u32(32)],
    ['tokenizer.ggml.tokens', array('string', ['<s>', 'a', '▁the'].map(text))],
    [
      'tokenizer.ggml.scores',
      array(
        'f32',
        [1, 2, 3].map((value) => ({ type: 'f32', value })),
      ),
    ],
    ['ok', { type: 'bool', value: 1 }],
  ],
  tensors: [
    { name: 'token_embd.weight', dims: [8, 3] },
    { name: 'blk.0.attn_q.weight', dims: [32, 2], type: 8 },
    { name: 'z', dims: [3], type: 1 },
  ],
};

describe('a file cut at any byte', () => {
  for (const version of [1, 2, 3]) {
    it(`is refused: version ${version}`, () => {
      const { header, dataStart, dataBytes } = ggufParts({ ...sample, version });
      const file = ggufFile({ ...sample, version });
      const lastEnd = dataStart + dataBytes - 32 + 6;
      for (let length = 0; length < lastEnd; length += 1) {
        expect(attempt(file.subarray(0, length))).toBeInstanceOf(FormatError);
      }
      expect(attempt(file.subarray(0, lastEnd))).not.toBeInstanceOf(FormatError);
      expect(lastEnd).toBeGreaterThan(header.length);
    });
  }
});

describe('mutants', () => {
  for (const version of [1, 2, 3]) {
    it(`give a header within bounds or a FormatError: 2,000 of version ${version}`, () => {
      const file = ggufFile({ ...sample, version });
      const reach = ggufParts({ ...sample, version }).dataStart;
      let readable = 0;
      const start = performance.now();
      for (const mutant of mutants(file, 2000, 42 + version, reach)) {
        const outcome = attempt(mutant);
        if (outcome instanceof FormatError) continue;
        readable += 1;
        expectTiling(outcome, mutant.length);
        for (const { shape, dtype, byteLength } of outcome.tensors) {
          const known = [...ggmlTypes.values()].find((type) => type.dtype === dtype);
          if (known?.bytes === undefined) continue;
          expect(byteLength).toBe(((elementCount(shape) ?? -1) / known.elements) * known.bytes);
        }
      }
      expect(readable).toBeGreaterThan(0);
      expect(performance.now() - start).toBeLessThan(15_000);
    });
  }
});

const shared = join(import.meta.dirname, '../../../../../shared/data');
describe.skipIf(!existsSync(join(shared, 'MANIFEST.json')))('the shared GGUF files', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
    readonly tensors: number;
    readonly dtypes: Record<string, number>;
  }
  const json = existsSync(join(shared, 'MANIFEST.json'))
    ? readFileSync(join(shared, 'MANIFEST.json'), 'utf8')
    : '[]';
  const listed = (JSON.parse(json) as Listed[]).filter(({ format }) => format.startsWith('gguf'));
  for (const { file, format, tensors, dtypes } of listed) {
    const path = join(shared, file);
    if (format.includes('(4655474701')) {
      it(`${file}: a prototype from before the format is left alone`, () => {
        const source = openByteSource(path);
        expect(ggufReader.read(source)).toBeUndefined();
        source.close();
      });
      continue;
    }
    it(`${file}: ${tensors} tensors`, () => {
      const header = readFile(path);
      expect(header.version).toBe(format.includes('v1') ? '1' : '3');
      expect(header.tensors).toHaveLength(tensors);
      const counts: Record<string, number> = {};
      for (const { dtype } of header.tensors) counts[dtype] = (counts[dtype] ?? 0) + 1;
      expect(counts).toEqual(dtypes);
    });
  }
});
