import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { MAX_TENSORS, safetensorsBits } from './dtypes';
import { FormatError } from './errors';
import { readHeader } from './index';
import type { FileHeader, TensorEntry } from './reader';
import { safetensorsReader } from './safetensors';
import { scratchFolder } from './testing/cases';
import { oracleTensors } from './testing/oracle';
import { mutants } from './testing/random';
import { safetensorsCases, safetensorsFile } from './testing/safetensors-cases';

const scratch = scratchFolder('safetensors');
afterAll(scratch.remove);

function read(bytes: Uint8Array, name = 'a.safetensors'): FileHeader {
  const header = safetensorsReader.read(memoryByteSource(name, bytes));
  if (header === undefined) throw new Error('not recognised');
  return header;
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

function expectTiling(header: FileHeader, size: number): void {
  const ranges = header.tensors.toSorted(
    (a, b) => a.offset - b.offset || a.byteLength - b.byteLength,
  );
  let next = ranges[0]?.offset ?? size;
  for (const { offset, byteLength } of ranges) {
    expect(offset).toBe(next);
    next = offset + byteLength;
  }
  expect(next).toBe(size);
}

function expectOracleAgrees(file: Uint8Array): void {
  const { tensors } = read(file);
  const oracle = oracleTensors(file);
  expect(tensors).toHaveLength(oracle.length);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, dtype, shape, bytes } of oracle) {
    const tensor = byName.get(name);
    expect({ dtype: tensor?.dtype, shape: tensor?.shape }).toEqual({ dtype, shape });
    const { offset = 0, byteLength = -1 } = tensor ?? {};
    const own = file.subarray(offset, offset + byteLength);
    expect(Buffer.compare(own, bytes)).toBe(0);
  }
}

describe('the corpus of bad safetensors files', () => {
  for (const { name, bytes, expect: expected } of safetensorsCases) {
    it(`${expected === 'valid' ? 'accepts' : 'refuses'}: ${name}`, () => {
      const path = scratch.write('case.safetensors', bytes);
      if (expected === 'valid') {
        const header = readHeader(path);
        expect(header.format).toBe('safetensors');
        expectTiling(header, bytes.length);
        expectOracleAgrees(bytes);
        return;
      }
      const error = attempt(bytes);
      if (!(error instanceof FormatError)) throw new Error('it was accepted');
      expect(error.message.replace('a.safetensors: ', '')).toMatch(expected);
      expect(error.file).toBe('a.safetensors');
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(Math.max(bytes.length, 8));
      expect(() => readHeader(path)).toThrow(FormatError);
    });
  }

  it('names the byte at which a repeated name stands', () => {
    const entry = '"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    const error = attempt(safetensorsFile(`{${entry},${entry}}`, new Uint8Array(1)));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).offset).toBe(8 + 1 + entry.length + 1);
  });

  it('keeps a tensor and a metadata entry named __proto__ as plain entries', () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    const json = `{"__metadata__":{"__proto__":"x"},"__proto__":${entry}}`;
    const header = read(safetensorsFile(json, new Uint8Array(1)));
    expect(header.tensors[0]?.name).toBe('__proto__');
    expect(Object.entries(header.metadata)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(header.metadata)).toBe(Object.prototype);
  });
});

/** A header of about `size` bytes from repeated pieces, on disk. */
function largeHeader(name: string, size: number, pieces: (index: number) => string): string {
  const buffer = Buffer.alloc(size);
  let end = 8;
  for (let index = 0; ; index += 1) {
    const piece = pieces(index);
    if (end + piece.length > size) break;
    end += buffer.write(piece, end, 'latin1');
  }
  buffer.writeBigUInt64LE(BigInt(end - 8));
  return scratch.write(name, buffer.subarray(0, end));
}

function timed(path: string): { readonly seconds: number; readonly outcome: string } {
  const start = performance.now();
  let outcome = 'accepted';
  try {
    readHeader(path);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    outcome = `${error.expected}; ${error.found}`;
  }
  return { seconds: (performance.now() - start) / 1000, outcome };
}

describe('a header of 100 MB', () => {
  const entry = (index: number) =>
    `${index === 0 ? '{' : ','}"${index}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
  const headers: readonly (readonly [string, (index: number) => string, RegExp])[] = [
    ['too many tensors', entry, new RegExp(`at most ${MAX_TENSORS} tensors`)],
    ['one long name', (i) => (i === 0 ? '{"' : 'x'.repeat(1000)), /the end of a string/],
    ['one name of escapes', (i) => (i === 0 ? '{"' : '\\u0041'.repeat(1000)), /end of a string/],
    ['nothing but nesting', () => '['.repeat(1000), /as the first byte/],
    ['nothing but spaces', (i) => (i === 0 ? '{' : ' '.repeat(1000)), /the name of a tensor/],
    ['many metadata entries', (i) => (i === 0 ? '{"__metadata__":{' : `"${i}":"",`), /100000 meta/],
  ];
  for (const [name, pieces, expected] of headers) {
    it(`with ${name} is refused within 5 s`, () => {
      const { seconds, outcome } = timed(largeHeader('large.safetensors', 100_000_008, pieces));
      expect(outcome).toMatch(expected);
      expect(seconds).toBeLessThan(5);
    });
  }

  it('with one long metadata text is accepted, and the text cut', () => {
    const text = 'x'.repeat(90_000_000);
    const header = read(safetensorsFile(`{"__metadata__":{"t":"${text}"}}`));
    expect(String(header.metadata.t).length).toBeLessThan(70_000);
    expect(header.metadata.t).toMatch(/\(90000000 characters\)$/);
  });
});

describe('reading a large file', () => {
  const entry = '{"dtype":"F32","shape":[1073741824,2],"data_offsets":[0,8589934592]}';

  it('of 8 GiB touches its header only', () => {
    const path = join(scratch.folder, 'sparse.safetensors');
    const start = safetensorsFile(`{"w":${entry}}`);
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, start);
    ftruncateSync(descriptor, start.length + 8_589_934_592);
    closeSync(descriptor);
    const source = openByteSource(path);
    try {
      const header = safetensorsReader.read(source);
      expect(header?.tensors[0]?.byteLength).toBe(8_589_934_592);
      expect(source.bytesRead).toBeLessThan(1000);
    } finally {
      source.close();
    }
  });
});

describe('recognition', () => {
  const file = safetensorsFile(
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    Buffer.of(7),
  );

  it('needs no extension', () => {
    expect(read(file, '0123abcd').tensors).toHaveLength(1);
  });

  it('leaves files alone that only resemble one', () => {
    const others = [
      Buffer.from('{"json": "file"}'),
      Buffer.alloc(64),
      Buffer.from('GGUF........................'),
      safetensorsFile('{1:2}'),
    ];
    for (const bytes of others) {
      expect(safetensorsReader.read(memoryByteSource('x.bin', bytes))).toBeUndefined();
    }
  });

  it('reports a broken one even without the extension', () => {
    const broken = safetensorsFile(
      '{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,1]}}',
      Buffer.of(7),
    );
    expect(() => safetensorsReader.read(memoryByteSource('blob', broken))).toThrow(FormatError);
  });
});

const dtype = fc.constantFrom(...safetensorsBits.keys());
const shape = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 });
const tensorSpec = fc.record({
  name: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__metadata__'),
  dtype,
  shape,
});

/** A valid file with its tensors laid out in the order of `order`, listed in their own. */
function fileOf(specs: readonly { name: string; dtype: string; shape: number[] }[], seed: number) {
  const fitted = specs.map((spec) => {
    const elements = spec.shape.reduce((product, dimension) => product * dimension, 1);
    const bits = elements * (safetensorsBits.get(spec.dtype) ?? 8);
    return bits % 8 === 0
      ? { ...spec, bytes: bits / 8 }
      : { ...spec, dtype: 'U8', bytes: elements };
  });
  const order = fitted.map((_, index) => (index * 7 + seed) % fitted.length);
  const places = new Map<number, number>();
  let next = 0;
  for (const index of [...new Set([...order, ...fitted.keys()])]) {
    places.set(index, next);
    next += fitted[index]?.bytes ?? 0;
  }
  const entries = fitted.map(({ name, dtype: type, shape: dims, bytes }, index) => {
    const begin = places.get(index) ?? 0;
    return [name, { shape: dims, dtype: type, data_offsets: [begin, begin + bytes] }] as const;
  });
  const data = Uint8Array.from({ length: next }, (_, index) => (index * 31 + seed) & 0xff);
  return safetensorsFile(JSON.stringify(Object.fromEntries(entries)), data);
}

const files = fc
  .tuple(fc.uniqueArray(tensorSpec, { selector: ({ name }) => name, maxLength: 8 }), fc.nat(100))
  .map(([specs, seed]) => fileOf(specs, seed));

describe('generated valid files', () => {
  it('are read as the npm package reads them, and twice the same', () => {
    fc.assert(
      fc.property(files, (file) => {
        expectOracleAgrees(file);
        expectTiling(read(file), file.length);
        expect(read(file)).toEqual(read(file));
      }),
      { seed: 20_240_601, numRuns: 300 },
    );
  });

  it('are refused when cut anywhere', () => {
    const names = ['a', 'b'].map((name) => ({ name, dtype: 'F32', shape: [2, 3] }));
    const file = fileOf(names, 3);
    for (let length = 0; length < file.length; length += 1) {
      expect(attempt(file.subarray(0, length))).toBeInstanceOf(FormatError);
    }
  });
});

describe('mutants', () => {
  it('give a header within bounds or a FormatError: 2,000 seeded ones', () => {
    const specs = ['model.layers.0.q', 'é', 'z'].map((name, i) => ({
      name,
      dtype: 'F16',
      shape: [2, i + 1],
    }));
    const file = fileOf(specs, 5);
    let readable = 0;
    for (const mutant of mutants(file, 2000, 42)) {
      const outcome = attempt(mutant);
      if (outcome instanceof FormatError) continue;
      readable += 1;
      expectTiling(outcome, mutant.length);
      for (const tensor of outcome.tensors) expectSize(tensor);
    }
    expect(readable).toBeGreaterThan(0);
  });
});

function expectSize({ shape: dims, dtype: type, byteLength }: TensorEntry): void {
  const elements = dims.reduce((product, dimension) => product * dimension, 1);
  expect(byteLength * 8).toBe(elements * (safetensorsBits.get(type) ?? Number.NaN));
}

const shared = join(import.meta.dirname, '../../../../../shared/data');
describe.skipIf(!existsSync(join(shared, 'MANIFEST.json')))('the shared safetensors files', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
    readonly tensors: number;
    readonly dtypes: Record<string, number>;
  }
  const text = existsSync(join(shared, 'MANIFEST.json'))
    ? readFileSync(join(shared, 'MANIFEST.json'), 'utf8')
    : '[]';
  const listed = (JSON.parse(text) as Listed[]).filter(({ format }) => format === 'safetensors');
  for (const { file, tensors, dtypes } of listed) {
    it(`${file}: ${tensors} tensors, as the oracle reads them`, () => {
      const bytes = readFileSync(join(shared, file));
      const header = readHeader(join(shared, file));
      expect(header.tensors).toHaveLength(tensors);
      const counts: Record<string, number> = {};
      for (const { dtype: type } of header.tensors) counts[type] = (counts[type] ?? 0) + 1;
      expect(counts).toEqual(dtypes);
      expectOracleAgrees(bytes);
    });
  }
});
