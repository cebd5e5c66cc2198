import { describe, expect, it } from 'vitest';
import { valueKinds } from '../kernels/values';
import { bytesDelta } from './beyond-bytes';
import { damagedOutcomes, madeText, roundTrip } from './testing/beyond';
import { picker, someBytes, testTools } from './testing/made';

const tools = testTools();
const kind = valueKinds.U8;

describe('bytesDelta', () => {
  it('takes little for what stands in the base, wherever in its megabyte', () => {
    const text = madeText(1_048_576);
    for (const from of [0, 500_000, 1_000_000]) {
      const bytes = text.slice(from, from + 40_000);
      bytes.fill(65, 20_000, 20_050);
      const found = roundTrip(
        bytesDelta,
        { bytes, kind: undefined },
        [{ bytes: text, kind }],
        tools,
      );
      expect(found?.exact).toBe(true);
      expect(found?.data.length).toBeLessThan(200);
    }
  });

  it('is exact for whatever bytes', () => {
    const pick = picker(1);
    for (let n = 0; n < 1000; n++) {
      const bytes = someBytes(pick, 1 + pick(3000));
      const base = { bytes: someBytes(pick, pick(3000)), kind };
      expect(roundTrip(bytesDelta, { bytes, kind: undefined }, [base], tools)?.exact).toBe(true);
    }
  });

  it('does not take a base that zstd would read as a trained dictionary', () => {
    const base = { bytes: Uint8Array.of(0x37, 0xa4, 0x30, 0xec, ...madeText(100)), kind };
    const content = { bytes: madeText(100), kind: undefined };
    expect(roundTrip(bytesDelta, content, [base], tools)).toBeUndefined();
    const data = Uint8Array.of(1);
    expect(() => bytesDelta.decode(data, 100, undefined, [base], tools)).toThrow('plain bytes');
  });

  it('refuses damaged data, or decodes to other bytes; never anything else', () => {
    const text = madeText(5000);
    const bytes = text.slice(1000, 3000);
    const base = { bytes: text, kind };
    const found = roundTrip(bytesDelta, { bytes, kind: undefined }, [base], tools);
    const data = found?.data ?? bytes;
    expect(damagedOutcomes(bytesDelta, data, 2000, undefined, [base], tools).has('refused')).toBe(
      true,
    );
  });
});
