import { describe, expect, it } from 'vitest';
import { normal } from '../kernels/testing/pairs';
import { valueKinds } from '../kernels/values';
import { delta } from './delta';
import { planes } from './planes';
import { rows } from './rows-base';
import { rowsDelta } from './rows-base-map';
import { damagedOutcomes, roundTrip } from './testing/beyond';
import { floats, picker, someBytes, testTools } from './testing/made';

const tools = testTools();
const { F32, BF16, U8 } = valueKinds;
const NO_LIMIT = Number.POSITIVE_INFINITY;
const ROW = 32;

/** Rows that move smoothly. */
function smooth(count: number): Uint8Array {
  const next = normal(1);
  const phases = Float32Array.from({ length: ROW }, () => next());
  const values = Float32Array.from({ length: count * ROW }, (_, at) =>
    Math.sin((phases[at % ROW] ?? 0) + Math.floor(at / ROW) / 50),
  );
  return floats(tools.kernels, F32, values);
}

function noise(seed: number, count: number): Uint8Array {
  const next = normal(seed);
  return floats(
    tools.kernels,
    F32,
    Float32Array.from({ length: count * ROW }, () => next()),
  );
}

describe('rows', () => {
  it('takes rows that continue one another in half of what planes take', () => {
    const content = { bytes: smooth(300), kind: F32, rowBytes: 4 * ROW };
    const found = roundTrip(rows, content, [], tools);
    const alone = planes.encode(content, [], NO_LIMIT, 'balanced', tools);
    expect(found?.exact).toBe(true);
    expect(found?.data.length).toBeLessThan((alone?.length ?? 0) / 2);
  });

  it('does not spend time on rows that have nothing to do with one another', () => {
    const content = { bytes: noise(2, 100), kind: F32, rowBytes: 4 * ROW };
    expect(rows.encode(content, [], NO_LIMIT, 'max', tools)).toBeUndefined();
    const { bytes } = content;
    expect(rows.encode({ bytes, kind: F32 }, [], NO_LIMIT, 'max', tools)).toBeUndefined();
    expect(rows.encode({ ...content, kind: BF16 }, [], NO_LIMIT, 'max', tools)).toBeUndefined();
  });

  it('is exact for whatever bits stand among the rows', () => {
    const pick = picker(3);
    let taken = 0;
    for (let n = 0; n < 1000; n++) {
      const bytes = smooth(8 + pick(8));
      for (let each = 0; each < 4; each++)
        bytes.set(someBytes(pick, 8), 4 * pick(bytes.length / 4 - 2));
      const found = roundTrip(rows, { bytes, kind: F32, rowBytes: 4 * ROW }, [], tools);
      if (found === undefined) continue;
      taken++;
      expect(found.exact).toBe(true);
    }
    expect(taken).toBeGreaterThan(900);
  });

  it('refuses damaged data, or decodes to other bytes; never anything else', () => {
    const bytes = smooth(20);
    const found = roundTrip(rows, { bytes, kind: F32, rowBytes: 4 * ROW }, [], tools);
    const data = found?.data ?? bytes;
    expect(damagedOutcomes(rows, data, bytes.length, F32, [], tools).has('refused')).toBe(true);
    for (const order of [0, 4, 255]) {
      const wrong = Uint8Array.from(data, (byte, at) => (at === 0 ? order : byte));
      expect(() => rows.decode(wrong, bytes.length, F32, [], tools)).toThrow('an order, 1 to 3');
    }
  });
});

describe('rowsDelta', () => {
  const rowBytes = 4 * ROW;

  it('finds the rows of a vocabulary that grew, and rows in another order', () => {
    const base = { bytes: noise(4, 200), kind: F32 };
    const grown = new Uint8Array(base.bytes.length + 2 * rowBytes);
    grown.set(base.bytes);
    grown.set(noise(5, 1), base.bytes.length);
    grown.set(base.bytes.subarray(7 * rowBytes, 8 * rowBytes), base.bytes.length + rowBytes);
    const half = base.bytes.length / 2;
    const swapped = Uint8Array.from([
      ...base.bytes.subarray(half),
      ...base.bytes.subarray(0, half),
    ]);
    for (const bytes of [grown, swapped, base.bytes.slice(0, 90 * rowBytes)]) {
      const found = roundTrip(rowsDelta, { bytes, kind: F32, rowBytes }, [base], tools);
      expect(found?.exact).toBe(true);
      expect(found?.data.length).toBeLessThan(3 * rowBytes);
    }
  });

  it('leaves equal shapes in order to delta', () => {
    const base = { bytes: noise(6, 50), kind: F32 };
    const content = { bytes: base.bytes.slice(), kind: F32, rowBytes };
    content.bytes.fill(1, 5 * rowBytes, 6 * rowBytes);
    expect(rowsDelta.encode(content, [base], NO_LIMIT, 'fast', tools)).toBeUndefined();
    expect(delta.encode(content, [base], NO_LIMIT, 'fast', tools)).toBeDefined();
    const other = { bytes: noise(6, 51), kind: U8 };
    expect(rowsDelta.encode(content, [other], NO_LIMIT, 'fast', tools)).toBeUndefined();
  });

  it('is exact for whatever rows', () => {
    const pick = picker(7);
    for (let n = 0; n < 2000; n++) {
      const [size, count, baseCount] = [4 * (1 + pick(6)), 1 + pick(12), 1 + pick(12)];
      const base = someBytes(pick, size * baseCount);
      const bytes = someBytes(pick, size * count);
      for (let row = 0; row < count; row++) {
        if (pick(2) === 0) bytes.set(base.subarray(0, size), row * size);
      }
      const content = { bytes, kind: F32, rowBytes: size };
      const found = roundTrip(rowsDelta, content, [{ bytes: base, kind: F32 }], tools);
      expect(found?.exact ?? true).toBe(true);
    }
  });

  it('refuses rows outside of the base and runs that are not the content’s', () => {
    const base = { bytes: noise(8, 20), kind: F32 };
    const bytes = new Uint8Array([...base.bytes, ...noise(9, 1)]);
    const found = roundTrip(rowsDelta, { bytes, kind: F32, rowBytes }, [base], tools);
    const data = found?.data ?? bytes;
    expect(damagedOutcomes(rowsDelta, data, bytes.length, F32, [base], tools).has('refused')).toBe(
      true,
    );
    const shorter = { bytes: base.bytes.subarray(rowBytes), kind: F32 };
    expect(() => rowsDelta.decode(data, bytes.length, F32, [shorter], tools)).toThrow(
      'rows of the base',
    );
  });
});
