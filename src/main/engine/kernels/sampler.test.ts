import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../discover/discover';
import { planSegments } from '../fragments/plan';
import { modelWork } from '../jobs/work';
import type { ExpectedFile } from './messages';
import { pieceOf } from './packed';
import { fingerprintFile, WINDOW_BYTES } from './pass';
import { splitmix64 } from './reference/cdc';
import { referenceSignature } from './reference/sketch';
import { samplePlan } from './sampler-plan';
import { tensorSampler } from './sampler-tensor';
import { signFile } from './sign';
import type { Signature } from './signature';
import { decodeSignature, encodeSignature } from './signature-codec';
import type { TensorTarget } from './targets';
import { testKernels } from './test-support';
import { layoutOf, type ValueKind, valueBytes, valueKinds } from './values';

const kernels = testKernels(WINDOW_BYTES);
const noise = new Uint8Array(BigUint64Array.from(splitmix64(21n, 300_000)).buffer);
const { F64, F32, F16, BF16, I8, Q4_K, Q8_0 } = valueKinds;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-sampler-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(content: Uint8Array): { path: string; expected: ExpectedFile } {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const stat = statSync(path, { bigint: true });
  return { path, expected: { size: content.length, mtimeNs: stat.mtimeNs, inode: stat.ino } };
}

/** Signatures of a file's targets by a pass that cuts it at the targets, and by reads. */
function signed(content: Uint8Array, targets: readonly TensorTarget[]) {
  const file = written(content);
  const ranges = targets
    .filter(({ offset, length }) => offset >= 0 && length >= 0 && offset + length <= content.length)
    .map(({ offset, length }) => ({ offset, length, rowBytes: 1 + (length % 1000) }));
  const plan = planSegments(content.length, ranges);
  const { signatures } = fingerprintFile({ ...file, plan, views: [], targets }, kernels, () => {});
  const task = { kind: 'sign', task: 1, targets, ...file } as const;
  return { pass: signatures, reads: signFile(task, kernels, () => {}).signatures };
}

function targetOf(kind: ValueKind, shape: readonly number[], offset = 0): TensorTarget {
  const elements = shape.reduce((product, each) => product * each, 1);
  const long = shape.filter((each) => each > 1);
  const length = valueBytes(kind, elements) ?? 0;
  const [rows = 1] = long;
  return { offset, length, kind, elements, rows, matrix: long.length === 2 };
}

/** The one signature of a tensor that is a file of its own; by both ways. */
function signatureOf(kind: ValueKind, shape: readonly number[], bytes: Uint8Array): Signature {
  const { pass, reads } = signed(bytes, [targetOf(kind, shape)]);
  expect(reads).toEqual(pass);
  const signature = decodeSignature(pieceOf(pass, 0));
  if (signature === undefined) throw new Error('expected a signature');
  return signature;
}

const floats = (seed: number, count: number): Float32Array =>
  Float32Array.from(splitmix64(BigInt(seed), count), (word) => Number(word >> 40n) / 2 ** 23 - 1);
const bytesOf = (column: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
const signedFloats = (
  values: Float32Array,
  shape: readonly number[] = [values.length],
): Signature => signatureOf(F32, shape, bytesOf(values));

function exchanged(values: Float32Array, rows: number, columns: number): Float32Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

/** Tensors of random kinds and shapes at random gaps in a file of noise, shuffled. */
const layouts = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...Object.values(valueKinds)),
      rows: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 900, max: 3000 })),
      blocks: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 50, max: 130 })),
      gap: fc.oneof(fc.constant(0), fc.nat(3000)),
      order: fc.nat(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((specs) => {
    let offset = 0;
    const placed = specs.flatMap(({ kind, rows, blocks, gap, order }) => {
      const target = targetOf(kind, [rows, blocks * layoutOf(kind).elements], offset + gap);
      if (target.offset + target.length > noise.length) return [];
      offset = target.offset + target.length;
      return [{ target, order }];
    });
    const size = Math.min(noise.length, offset + 17);
    const targets = placed.sort((a, b) => a.order - b.order).map(({ target }) => target);
    return { size, targets };
  });

describe('signatures of a file’s tensors', () => {
  it('are the reference’s, by a pass and by reads, wherever windows and tensors end', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(layouts, ({ size, targets }) => {
        const content = noise.subarray(0, size);
        const { pass, reads } = signed(content, targets);
        expect(reads).toEqual(pass);
        targets.forEach((target, i) => {
          const bytes = content.subarray(target.offset, target.offset + target.length);
          const found = decodeSignature(pieceOf(pass, i));
          expect(found).toStrictEqual(referenceSignature(target, bytes));
        });
      }),
      { numRuns: 10 },
    );
  });

  it('cut anywhere by a window are those of the whole', () => {
    const target = targetOf(F32, [1030, 300], 3);
    const content = noise.subarray(0, target.length + 10);
    const whole = signed(content, [target]).pass;
    for (const cut of [1, 2, 3, 4, 70, 1199, 1200, 1201, 1233, 5000, 600_003]) {
      const file = written(content);
      // A tensor of another plan before it moves the windows.
      const ranges = [{ offset: cut, length: content.length - cut, rowBytes: 8 }];
      const plan = planSegments(content.length, ranges);
      const task = { ...file, plan, views: [], targets: [target] };
      expect(fingerprintFile(task, kernels, () => {}).signatures).toEqual(whole);
    }
  });

  it('fed in pieces of any length are those of the whole', () => {
    const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.nat(40_000)), {
      minLength: 1,
      maxLength: 6,
    });
    const kind = fc.constantFrom(F64, F32, F16, I8, Q4_K, Q8_0);
    const rows = fc.constantFrom(1, 17, 34, 1030);
    const sampler = tensorSampler(kernels);
    fc.assert(
      fc.property(kind, rows, fc.nat(200), pieces, (of, height, blocks, lengths) => {
        const width = Math.max(1, Math.ceil((4097 + 30 * blocks) / height / layoutOf(of).elements));
        const target = targetOf(of, [height, width * layoutOf(of).elements]);
        const plan = samplePlan(target);
        if (plan === undefined || target.length > 100_000) return;
        sampler.begin(target, plan);
        for (let at = 0, i = 0; at < target.length; i++) {
          const end = Math.min(target.length, at + (lengths[i % lengths.length] ?? 0) + 1);
          // Whatever lies behind a piece is not the tensor's.
          kernels.buffer.fill(0xee, 0, end - at + 80);
          kernels.buffer.set(noise.subarray(at, end), 7);
          sampler.feed(kernels.buffer.subarray(7, 7 + end - at), at);
          at = end;
        }
        const found = decodeSignature(encodeSignature(sampler.finish()));
        expect(found).toStrictEqual(referenceSignature(target, noise.subarray(0, target.length)));
      }),
      { numRuns: 60 },
    );
  });

  it('that bytes are missing for are refused', () => {
    const target = targetOf(F32, [100, 100]);
    const plan = samplePlan(target);
    if (plan === undefined) throw new Error('expected a plan');
    const sampler = tensorSampler(kernels);
    sampler.begin(target, plan);
    sampler.feed(kernels.buffer.subarray(0, 30_000), 0);
    expect(() => sampler.feed(kernels.buffer.subarray(0, 9000), 31_000)).toThrow(RangeError);
    expect(() => sampler.finish()).toThrow(RangeError);
    expect(() => sampler.finish()).toThrow(RangeError);
  });

  it('that overlap, or are named twice, are signed all the same', () => {
    const targets = [
      targetOf(F32, [300, 1000], 100),
      targetOf(F32, [280, 1000], 104_100),
      targetOf(F16, [64, 64], 100),
      targetOf(F32, [300, 1000], 100),
      targetOf(F32, [290, 1000], 1_200_100),
      targetOf(I8, [100, 100], 1_190_100),
    ];
    const content = noise;
    const { pass, reads } = signed(content, targets);
    expect(reads).toEqual(pass);
    targets.forEach((target, i) => {
      const bytes = content.subarray(target.offset, target.offset + target.length);
      expect(decodeSignature(pieceOf(pass, i))).toStrictEqual(referenceSignature(target, bytes));
    });
  });

  it('of deflated tensors are those of their inflated bytes', () => {
    const values = floats(5, 60_000);
    const skipped = Buffer.from('some header');
    const deflated = deflateRawSync(Buffer.concat([skipped, bytesOf(values)]));
    const content = Buffer.concat([Buffer.alloc(31), deflated, Buffer.alloc(9)]);
    const plain = targetOf(F32, [200, 300]);
    const inflate = { skip: skipped.length, length: values.byteLength };
    const target = { ...plain, offset: 31, length: deflated.length, inflate };
    const wrong = { ...target, inflate: { skip: 4, length: values.byteLength + 64 } };
    const short = { ...target, ...targetOf(F32, [100, 300]), offset: 31, length: deflated.length };
    const longer = { ...short, inflate: { skip: 4, length: short.elements * 4 } };
    const broken = { ...target, offset: 34 };
    const { pass, reads } = signed(content, [target, wrong, longer, broken]);
    expect(reads).toEqual(pass);
    expect(decodeSignature(pieceOf(pass, 0))).toStrictEqual(
      referenceSignature(plain, bytesOf(values)),
    );
    expect(new Set(pass.ends)).toEqual(new Set([pass.data.length]));
  });

  it('are none for targets that cannot be, and nothing crashes', () => {
    const number = fc.oneof(
      fc.integer({ min: -2, max: 9000 }),
      fc.constantFrom(0.5, Number.NaN, Infinity, -1, 2 ** 53, 2 ** 60, 1e300),
    );
    const anything = fc.record({
      offset: number,
      length: number,
      kind: fc.oneof(fc.constantFrom(...Object.values(valueKinds)), number),
      elements: number,
      rows: number,
      matrix: fc.boolean(),
      inflate: fc.option(fc.record({ skip: number, length: number }), { nil: undefined }),
    });
    const near = fc
      .record({ rows: fc.nat(30), columns: fc.nat(30), by: fc.nat(3) })
      .map(({ rows, columns, by }) => ({ ...targetOf(F16, [rows, columns]), rows: rows + by }));
    const content = noise.subarray(0, 8192);
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, near), { maxLength: 20 }), (found) => {
        const targets = found as TensorTarget[];
        const file = written(content);
        const plan = planSegments(content.length, []);
        const task = { ...file, plan, views: [], targets };
        const { signatures } = fingerprintFile(task, kernels, () => {});
        const sign = { kind: 'sign', task: 1, targets, ...file } as const;
        expect(signFile(sign, kernels, () => {}).signatures).toEqual(signatures);
        targets.forEach((target, i) => {
          const piece = pieceOf(signatures, i);
          if (piece.length > 0) expect(decodeSignature(piece)?.elements).toBe(target.elements);
        });
      }),
      { numRuns: 300 },
    );
    const strange = [null, undefined, 7, {}, []] as unknown as TensorTarget[];
    expect(
      signed(
        content,
        strange.filter((each) => each?.offset !== undefined),
      ).pass.data,
    ).toHaveLength(0);
    const plan = planSegments(content.length, []);
    const task = { ...written(content), plan, views: [], targets: strange };
    expect(fingerprintFile(task, kernels, () => {}).signatures.data).toHaveLength(0);
  });

  it('of a tensor without elements is none', () => {
    expect(signed(noise.subarray(0, 100), [targetOf(F32, [0, 4])]).pass.data).toHaveLength(0);
  });
});

describe('signing by reads', () => {
  it('reads a small part of a large tensor', () => {
    const target = { ...targetOf(F32, [1_000_000]), matrix: false };
    const content = new Uint8Array(target.length);
    const file = written(content);
    let last = 0;
    let calls = 0;
    signFile({ kind: 'sign', task: 1, targets: [target], ...file }, kernels, (done) => {
      last = done;
      calls += 1;
    });
    expect(calls).toBeLessThanOrEqual(128);
    expect(last).toBeLessThan(128 * 8192);
  });

  it('of a file that is not the expected one is refused', () => {
    const file = written(noise.subarray(0, 4096));
    const expected = { ...file.expected, mtimeNs: 1n };
    const task = { kind: 'sign', task: 1, targets: [], path: file.path, expected } as const;
    expect(() => signFile(task, kernels, () => {})).toThrow(/changed while it was read/);
  });

  it('of a file that is written to on the way is refused', () => {
    const content = noise.subarray(0, 900_000);
    const file = written(content);
    const targets = [targetOf(F32, [100_000]), targetOf(F32, [100_000], 400_000)];
    let calls = 0;
    const disturb = (): void => {
      calls += 1;
      if (calls === 3) writeFileSync(file.path, content.subarray(0, 899_999));
    };
    const task = { kind: 'sign', task: 1, targets, ...file } as const;
    expect(() => signFile(task, kernels, disturb)).toThrow(/changed while it was read/);
  });
});

describe('a signature tells apart', () => {
  const shape = [96, 64];
  const base = floats(1, 96 * 64);
  let original: Signature;
  beforeAll(() => {
    original = signedFloats(base, shape);
  });

  it('permuted rows', () => {
    const rows = Float32Array.from({ length: base.length }, (_, i) => {
      const [row, column] = [Math.floor(i / 64), i % 64];
      return base[((row * 7 + 5) % 96) * 64 + column] ?? 0;
    });
    const permuted = signedFloats(rows, shape);
    expect(permuted.sample).not.toEqual(original.sample);
    expect(bitsBetween(permuted.simhash, original.simhash)).toBeGreaterThan(80);
    expect(permuted.rowHashes.slice(1)).toEqual(original.rowHashes.slice(1));
  });

  it('a doubled tensor', () => {
    const doubled = signedFloats(
      base.map((value) => 2 * value),
      shape,
    );
    expect(doubled.simhash).toEqual(original.simhash);
    expect(doubled.sample).not.toEqual(original.sample);
    expect(doubled.statistics.deviation).toBeCloseTo(2 * original.statistics.deviation, 10);
    expect(doubled.exponents).not.toEqual(original.exponents);
  });

  it('a flipped sign, where it is sampled', () => {
    const small = floats(2, 4096);
    const flipped = small.map((value, i) => (i === 1234 ? -value : value));
    expect(signedFloats(flipped).sample).not.toEqual(signedFloats(small).sample);
  });

  it('inserted NaNs', () => {
    const holes = base.map((value, i) => (i % 50 === 0 ? Number.NaN : value));
    const found = signedFloats(holes, shape);
    expect(found.statistics.nans).toBeGreaterThan(30);
    expect(found.exponents[255]).toBe(found.statistics.nans);
    expect(bitsBetween(found.simhash, original.simhash)).toBeLessThan(40);
  });

  it('zeros of another length', () => {
    const zeros = [64, 65, 4096, 8192].map((length) => signedFloats(new Float32Array(length)));
    expect(new Set(zeros.map(({ elements }) => elements)).size).toBe(4);
    for (const { statistics, elements } of zeros) {
      expect(statistics.zeros).toBe(Math.min(elements, 4096));
    }
  });

  it('a fine-tune from an unrelated tensor', () => {
    const other = floats(77, base.length);
    const tuned = base.map((value, i) => value + 0.1 * (other[i] ?? 0));
    expect(bitsBetween(signedFloats(tuned, shape).simhash, original.simhash)).toBeLessThan(30);
    expect(bitsBetween(signedFloats(other, shape).simhash, original.simhash)).toBeGreaterThan(96);
  });
});

describe('a signature is the same', () => {
  it('for equal values in F64, F32, F16 and BF16', () => {
    // Eighths from -16 to 16: exact in all four.
    const values = Float32Array.from(floats(3, 6000), (value) => Math.round(value * 128) / 8 + 0);
    const shape = [60, 100];
    const halves = Uint16Array.from(values, halfOf);
    const bits = new Uint32Array(values.buffer);
    const upper = Uint16Array.from(bits, (each) => each >>> 16);
    const doubles = new Uint8Array(Float64Array.from(values).buffer);
    const f32 = signedFloats(values, shape);
    expect(f32.rowHashes).toHaveLength(17);
    for (const other of [
      signatureOf(F64, shape, doubles),
      signatureOf(F16, shape, bytesOf(halves)),
      signatureOf(BF16, shape, bytesOf(upper)),
    ]) {
      const { kind, rowHashes } = f32;
      expect({ ...other, kind, rowHashes }).toStrictEqual(f32);
    }
  });

  it('for a tensor and its rounding to BF16, in SimHash and sample', () => {
    const values = floats(4, 9000);
    const rounded = Uint16Array.from(signedFloats(values).sample);
    const bits = new Uint32Array(values.buffer);
    const upper = Uint16Array.from(bits, (each) => (each + 0x7fff + ((each >>> 16) & 1)) >>> 16);
    const cast = signatureOf(BF16, [9000], bytesOf(upper));
    expect(cast.sample).toEqual(rounded);
    expect(cast.simhash).toEqual(signedFloats(values).simhash);
  });

  it.each([
    [3, 5],
    [64, 64],
    [2, 2048],
    [65, 64],
    [300, 41],
    [41, 300],
    [5000, 3],
    [1024, 512],
  ])('for a %i × %i matrix’s transpose and its transpose', (rows, columns) => {
    const values = floats(rows, rows * columns);
    const one = signedFloats(values, [rows, columns]);
    const other = signedFloats(exchanged(values, rows, columns), [columns, rows]);
    expect(one.transposed).toEqual(other.simhash);
    expect(other.transposed).toEqual(one.simhash);
  });

  it('in its row hashes when rows are added at the end', () => {
    const values = floats(6, 700 * 40);
    const short = signedFloats(values.slice(0, 510 * 40), [510, 40]).rowHashes;
    const long = signedFloats(values, [700, 40]).rowHashes;
    expect(long[0]).toBe(short[0]);
    const common = short.slice(1).filter((hash) => long.slice(1).includes(hash));
    expect(common.length).toBeGreaterThan(5);
    const grown = signedFloats(floats(7, 3000 * 8), [3000, 8]).rowHashes;
    expect(signedFloats(floats(7, 3000 * 8).slice(0, 2000 * 8), [2000, 8]).rowHashes).toEqual(
      grown,
    );
  });
});

describe('a signature never changes', () => {
  // Where this fails, SIGNATURE_VERSION must rise: signatures on disk were made by the old rules.
  it.each([
    ['F32 of 70 × 90', F32, [70, 90], 'd5628cdf32043520'],
    ['F16 of 64 × 64', F16, [64, 64], '38c9b7efd6e70ea8'],
    ['Q4_K of 40 × 256', Q4_K, [40, 256], 'ba29b65dc333459d'],
    ['BF16 of 1500 × 9', BF16, [1500, 9], '6996803652216d2c'],
    ['I8 of 33', I8, [33], 'e24dcf0064de96a7'],
  ] as const)('for %s', (_, kind, shape, digest) => {
    const { length } = targetOf(kind, shape);
    const { pass } = signed(noise.subarray(0, length), [targetOf(kind, shape)]);
    const found = createHash('sha256').update(pass.data).digest('hex').slice(0, 16);
    expect(found).toBe(digest);
  });
});

describe.skipIf(!existsSync('../shared/data'))('signatures of the real models', () => {
  it('are the same by a pass and by reads, one for each target', { timeout: 60_000 }, async () => {
    const work: ReturnType<typeof modelWork>['files'][number][] = [];
    await discover(['../shared/data'], {
      signal: new AbortController().signal,
      onModel: (model) => work.push(...modelWork(model).files),
      onProblem: () => {},
      onProgress: () => {},
    });
    let count = 0;
    for (const { file, plan, targets } of work) {
      const { size, mtimeNs, inode } = file.stamp;
      const at = { path: file.realPath, expected: { size, mtimeNs, inode } };
      const task = { ...at, plan, views: [], targets };
      const { signatures } = fingerprintFile(task, kernels, () => {});
      const sign = { kind: 'sign', task: 1, targets, ...at } as const;
      const { signatures: again } = signFile(sign, kernels, () => {});
      expect(Buffer.compare(again.data, signatures.data)).toBe(0);
      expect(again.ends).toEqual(signatures.ends);
      targets.forEach(({ elements, kind }, i) => {
        expect(decodeSignature(pieceOf(signatures, i))).toMatchObject({ elements, kind });
      });
      count += targets.length;
    }
    expect(count).toBeGreaterThan(1000);
  });
});

describe('a signature has no transposed SimHash', () => {
  it.each([
    ['a vector', I8, [5000]],
    ['three dimensions', F16, [9, 10, 11]],
    ['blocks', Q8_0, [64, 64]],
    ['blocks of 256', Q4_K, [64, 256]],
  ] as const)('for %s', (_, kind, shape) => {
    const { length } = targetOf(kind, shape);
    expect(signatureOf(kind, shape, noise.subarray(0, length)).transposed).toBeUndefined();
  });
});

function bitsBetween(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  a.forEach((word, i) => {
    for (let left = word ^ (b[i] ?? 0); left !== 0; left &= left - 1) bits += 1;
  });
  return bits;
}

/** Bits of a value that is exact in binary16 and normal, or zero. */
function halfOf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}
