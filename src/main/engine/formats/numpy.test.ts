import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { numpyOpaqueReason, numpyReader } from './numpy';
import { numpyType } from './numpy-dtypes';
import type { FileHeader } from './reader';
import { type CorpusCase, scratchFolder } from './testing/cases';
import { npyCases, npzCases } from './testing/numpy-cases';
import { npyFile, npzFile } from './testing/numpy-file';
import { mutants } from './testing/random';

const scratch = scratchFolder('numpy');
afterAll(scratch.remove);

function read(bytes: Uint8Array, name: string): FileHeader {
  const header = numpyReader.read(memoryByteSource(name, bytes));
  if (header === undefined) throw new Error('not recognised');
  return header;
}

function readFile(path: string): FileHeader | undefined {
  const source = openByteSource(path);
  try {
    return numpyReader.read(source);
  } finally {
    source.close();
  }
}

/** The header, the refusal, or undefined; anything else thrown fails the test. */
function attempt(bytes: Uint8Array, name: string): FileHeader | FormatError | undefined {
  try {
    return numpyReader.read(memoryByteSource(name, bytes));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/** Tensors lie in the file and do not overlap. */
function expectApart({ tensors }: FileHeader, size: number): void {
  let end = 0;
  for (const { offset, byteLength } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (byteLength === 0) continue;
    expect(offset).toBeGreaterThanOrEqual(end);
    end = offset + byteLength;
  }
  expect(end).toBeLessThanOrEqual(size);
}

function runCorpus(cases: readonly CorpusCase[], name: string): void {
  for (const { name: label, bytes, expect: expected } of cases) {
    it(`${expected === 'valid' ? 'accepts' : 'refuses'}: ${label}`, () => {
      const outcome = attempt(bytes, name);
      const path = scratch.write(name, bytes);
      if (outcome === undefined) throw new Error('not recognised');
      if (expected === 'valid') {
        if (outcome instanceof FormatError) throw outcome;
        expectApart(outcome, bytes.length);
        expect(readFile(path)).toEqual(outcome);
        return;
      }
      if (!(outcome instanceof FormatError)) throw new Error('it was accepted');
      expect(outcome.message.replace(`${name}: `, '')).toMatch(expected);
      expect(outcome.file).toBe(name);
      expect(outcome.offset).toBeGreaterThanOrEqual(0);
      expect(outcome.offset).toBeLessThanOrEqual(bytes.length);
      expect(() => readFile(path)).toThrow(FormatError);
    });
  }
}

describe('the corpus of bad .npy files', () => runCorpus(npyCases, 'a.npy'));
describe('the corpus of bad .npz files', () => runCorpus(npzCases, 'a.npz'));

const raw = { fileIndex: 0, encoding: 'raw' };

describe('an array', () => {
  it('is read as numpy wrote it', () => {
    // numpy.save of numpy.arange(6, dtype='<f4').reshape(2, 3), by numpy 2.4.
    const golden = Buffer.concat([
      Buffer.from('934e554d505901007600', 'hex'),
      Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117)),
      Buffer.from('\n'),
      Buffer.from(Float32Array.of(0, 1, 2, 3, 4, 5).buffer),
    ]);
    const header = read(golden, 'dir/layer.weight.npy');
    expect(header).toMatchObject({ format: 'numpy', version: '1.0', externals: [] });
    expect(header.metadata).toEqual({ descr: '<f4', fortran_order: false });
    const tensor = { name: 'layer.weight', dtype: 'F32', shape: [2, 3], offset: 128 };
    expect(header.tensors).toEqual([{ ...tensor, byteLength: 24, ...raw }]);
    const data = Buffer.from(golden.subarray(128));
    expect(npyFile({ shape: '(2, 3)', data })).toEqual(golden);
  });

  it('is encoded when big-endian or column-major, unless that changes nothing', () => {
    const data = Buffer.alloc(24);
    const of = (spec: Parameters<typeof npyFile>[0]) =>
      read(npyFile({ data, ...spec }), 'a.npy').tensors[0];
    expect(of({ descr: "'>f4'", shape: '(6,)' })).toMatchObject({
      dtype: 'F32',
      encoding: 'encoded',
    });
    expect(of({ descr: "'>u1'", shape: '(24,)' })).toMatchObject({ dtype: 'U8', encoding: 'raw' });
    expect(of({ shape: '(2, 3)', fortranOrder: 'True' })).toMatchObject({ encoding: 'encoded' });
    expect(of({ shape: '(1, 6, 1)', fortranOrder: 'True' })).toMatchObject({ encoding: 'raw' });
    expect(of({ descr: "'<U3'", shape: '(2,)' })).toMatchObject({ encoding: 'encoded' });
    const big = read(npyFile({ descr: "'>f8'", shape: '(3,)', data }), 'a.npy').metadata;
    expect(big).toEqual({ descr: '>f8', fortran_order: false, byte_order: 'big' });
  });

  it('of Python objects or records is left alone, with the reason', () => {
    const pickle = Buffer.from('\x80\x04K\x01.', 'latin1');
    const objects = memoryByteSource('a.npy', npyFile({ descr: "'|O'", data: pickle }));
    expect(numpyReader.read(objects)).toBeUndefined();
    expect(numpyOpaqueReason(objects)).toMatch(/Python objects, which are kept as a pickle/);
    for (const descr of [
      "[('a', '<f4'), ('b', '|u1', (2, 3))]",
      "[(('t', 'n'), [('x', '<i2')])]",
    ]) {
      const records = memoryByteSource('a.npy', npyFile({ descr }));
      expect(numpyReader.read(records)).toBeUndefined();
      expect(numpyOpaqueReason(records)).toMatch(/records/);
    }
    expect(numpyOpaqueReason(memoryByteSource('a.npy', npyFile({})))).toBeUndefined();
    expect(numpyOpaqueReason(memoryByteSource('a.bin', Buffer.alloc(3)))).toBeUndefined();
  });

  it('never borrows the name of another type', () => {
    expect(numpyType('<U8')).toMatchObject({ dtype: 'numpy U8', bytes: 32, plain: false });
    expect(numpyType('|u1')).toMatchObject({ dtype: 'U8', bytes: 1, plain: true });
    expect(numpyType('<f16')).toMatchObject({ dtype: 'numpy f16', plain: false });
  });
});

describe('an archive', () => {
  const content = npyFile({ data: Buffer.of(1, 2, 3, 4, 5, 6, 7, 8) });

  it('maps stored members to ranges of the file, and deflated ones to their compressed bytes', () => {
    const file = npzFile([
      { name: 'conv/W.npy', content },
      { name: 'b.npy', content, deflated: true },
    ]);
    const { tensors, metadata } = read(file, 'a.npz');
    const [stored, deflated] = tensors;
    expect(stored).toMatchObject({ name: 'conv/W', dtype: 'F32', shape: [2], encoding: 'raw' });
    const { offset = 0, byteLength = 0 } = stored ?? {};
    expect(file.subarray(offset, offset + byteLength)).toEqual(content.subarray(-8));
    expect(deflated).toMatchObject({ name: 'b', dtype: 'F32', shape: [2], encoding: 'encoded' });
    expect(deflated?.byteLength).toBeLessThan(content.length);
    expect(metadata).toMatchObject({ arrays: { 'conv/W': { member: 'stored', descr: '<f4' } } });
  });

  it('tells how to inflate a deflated member, where its values are as raw ones', () => {
    const big = npyFile({ descr: "'>f4'", data: Buffer.alloc(8) });
    const file = npzFile([
      { name: 'a.npy', content },
      { name: 'b.npy', content, deflated: true },
      { name: 'c.npy', content: big, deflated: true },
    ]);
    const [stored, deflated, bigEndian] = read(file, 'a.npz').tensors;
    expect(stored?.inflate).toBeUndefined();
    expect(bigEndian).toMatchObject({ encoding: 'encoded' });
    expect(bigEndian?.inflate).toBeUndefined();
    const { offset = 0, byteLength = 0, inflate = { skip: 0, length: 0 } } = deflated ?? {};
    const inflated = inflateRawSync(file.subarray(offset, offset + byteLength));
    const { skip, length } = inflate;
    expect(inflated.subarray(skip, skip + length)).toEqual(content.subarray(-8));
    expect(inflated).toHaveLength(skip + length);
  });

  it('names the members that it does not read', () => {
    const file = npzFile([
      { name: 'o.npy', content: npyFile({ descr: "'|O'" }) },
      { name: 'readme.txt', content: Buffer.from('x') },
      { name: 'w.npy', content },
    ]);
    const { tensors, metadata } = read(file, 'a.npz');
    expect(tensors.map(({ name }) => name)).toEqual(['w']);
    expect(metadata.not_read).toEqual({
      'o.npy': expect.stringMatching(/pickle/),
      'readme.txt': expect.stringMatching(/Not an array/),
    });
  });

  it('is known by its first member, too, and no other zip is', () => {
    expect(read(npzFile([{ name: 'w.npy', content }]), 'blob').tensors).toHaveLength(1);
    const other = npzFile([{ name: 'archive/data.pkl', content }]);
    expect(numpyReader.read(memoryByteSource('model.pt', other))).toBeUndefined();
    expect(numpyReader.read(memoryByteSource('x', Buffer.from('PK\x03\x04')))).toBeUndefined();
    expect(numpyReader.read(memoryByteSource('x', Buffer.alloc(0)))).toBeUndefined();
  });
});

describe('reading a large file', () => {
  it('of more members than any real archive has is refused', () => {
    const content = Buffer.from('x');
    const members = Array.from({ length: 50_001 }, (_, index) => ({ name: `${index}`, content }));
    expect(attempt(npzFile(members), 'a.npz')).toMatchObject({ expected: 'at most 50000 members' });
  });

  const elements = 1_073_741_824;
  const start = npyFile({ shape: `(${elements},)`, data: new Uint8Array(0) });

  it('of 4 GiB touches the header only', () => {
    const path = join(scratch.folder, 'sparse.npy');
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, start);
    ftruncateSync(descriptor, start.length + 4 * elements);
    closeSync(descriptor);
    const source = openByteSource(path);
    try {
      expect(numpyReader.read(source)?.tensors[0]?.byteLength).toBe(4 * elements);
      expect(source.bytesRead).toBeLessThan(1000);
    } finally {
      source.close();
    }
  });

  it('of 20 arrays in 20 MB reads under 1% of an archive', () => {
    const content = npyFile({ shape: '(262144,)', data: Buffer.alloc(1_048_576, 5) });
    const names = Array.from({ length: 20 }, (_, index) => `${index}.npy`);
    const source = memoryByteSource('a.npz', npzFile(names.map((name) => ({ name, content }))));
    expect(numpyReader.read(source)?.tensors).toHaveLength(20);
    expect(source.bytesRead).toBeLessThan(source.size / 100);
  });
});

const plain = ['|b1', '|i1', '|u1', '<i2', '<u2', '<i4', '<u4', '<i8', '<u8', '<f2', '<f4', '<f8'];
const arraySpec = fc.record({
  descr: fc.constantFrom(...plain, '>f4', '<c8', '<U3', '|S5'),
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  version: fc.constantFrom([1, 0] as const, [2, 0] as const, [3, 0] as const),
  fortran: fc.boolean(),
});

function arrayOf({ descr, shape, version, fortran }: Spec) {
  const bytes = numpyType(descr);
  if (bytes === undefined || bytes === 'object') throw new Error(descr);
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  return npyFile({
    descr: `'${descr}'`,
    shape: shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`,
    version,
    fortranOrder: fortran ? 'True' : 'False',
    data: Buffer.alloc(count * bytes.bytes, 3),
  });
}

interface Spec {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly version: readonly [number, number];
  readonly fortran: boolean;
}

describe('generated valid files', () => {
  it('are read as they were written, alone and in an archive, and twice the same', () => {
    const members = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z0-9_é<>. -]{1,20}$/), arraySpec, fc.boolean()),
      { selector: ([name]) => name, maxLength: 6 },
    );
    fc.assert(
      fc.property(members, (list) => {
        const files = list.map(([name, spec, deflated]) => {
          const content = arrayOf(spec);
          const [alone] = read(content, `${name}.npy`).tensors;
          expect(alone).toMatchObject({ name, shape: spec.shape });
          return { name: `${name}.npy`, content, deflated };
        });
        const archive = npzFile(files);
        const header = read(archive, 'a.npz');
        expect(header.tensors.map(({ name, shape }) => [name, shape])).toEqual(
          list.map(([name, { shape }]) => [name, shape]),
        );
        expectApart(header, archive.length);
        expect(read(archive, 'a.npz')).toEqual(header);
      }),
      { seed: 20_240_604, numRuns: 200 },
    );
  });
});

const array = npyFile({ descr: "'<f2'", shape: '(3, 5)', data: Buffer.alloc(30, 9) });
const archive = npzFile([
  { name: 'conv1/W.npy', content: array },
  { name: 'conv1/b.npy', content: npyFile({}), deflated: true },
  { name: 'é.npy', content: npyFile({ shape: '(0,)', data: new Uint8Array(0) }) },
]);

describe('a file cut at any byte', () => {
  it('is refused', () => {
    for (const [file, name] of [
      [array, 'a.npy'],
      [archive, 'a.npz'],
    ] as const) {
      for (let length = 0; length < file.length; length += 1) {
        expect(attempt(file.subarray(0, length), name)).toBeInstanceOf(FormatError);
      }
    }
  });
});

describe('mutants', () => {
  for (const [name, file, reach] of [
    ['a.npy', array, 90],
    ['a.npz', archive, archive.length],
  ] as const) {
    it(`of ${name} give a header within bounds or a FormatError: 2,000 seeded ones`, () => {
      let readable = 0;
      const begin = performance.now();
      for (const mutant of mutants(file, 2000, 77, reach)) {
        const outcome = attempt(mutant, name);
        if (outcome === undefined || outcome instanceof FormatError) continue;
        readable += 1;
        expectApart(outcome, mutant.length);
      }
      expect(readable).toBeGreaterThan(0);
      expect(performance.now() - begin).toBeLessThan(15_000);
    });
  }
});

const shared = join(import.meta.dirname, '../../../../../shared/data');
describe.skipIf(!existsSync(join(shared, 'MANIFEST.json')))('the shared .npz files', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
    readonly tensors: number;
    readonly dtypes: Record<string, number>;
    readonly tensor_bytes: number;
  }
  const json = existsSync(join(shared, 'MANIFEST.json'))
    ? readFileSync(join(shared, 'MANIFEST.json'), 'utf8')
    : '[]';
  const listed = (JSON.parse(json) as Listed[]).filter(({ format }) => format === 'npz');
  for (const { file, tensors, dtypes, tensor_bytes } of listed) {
    it(`${file}: ${tensors} tensors`, () => {
      const header = readFile(join(shared, file));
      expect(header?.tensors).toHaveLength(tensors);
      const counts: Record<string, number> = {};
      let elements = 0;
      for (const { dtype, shape } of header?.tensors ?? []) {
        counts[dtype] = (counts[dtype] ?? 0) + 1;
        elements += shape.reduce((product, dimension) => product * dimension, 1);
      }
      expect(counts).toEqual(dtypes);
      expect(4 * elements).toBe(tensor_bytes);
    });
  }
});
