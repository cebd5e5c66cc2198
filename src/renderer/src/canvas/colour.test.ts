import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, cssColour, inkOn, logShare, mix, parseColour, type Rgb, ramp } from './colour';

const channel = fc.integer({ min: 0, max: 255 });
const anyColour = fc.tuple(channel, channel, channel);

describe('colours', () => {
  it('are read as the browser computes them', () => {
    expect(parseColour('rgb(31, 138, 102)')).toEqual([31, 138, 102]);
    expect(parseColour('rgba(31, 138, 102, 0.5)')).toEqual([31, 138, 102]);
    expect(parseColour('rgb(31 138 102)')).toEqual([31, 138, 102]);
    expect(parseColour('color(srgb 1 0.5 0)')).toEqual([255, 127.5, 0]);
    expect(parseColour('light-dark(#fff, #000)')).toBeUndefined();
    expect(cssColour([31.4, 137.6, 102])).toBe('rgb(31 138 102)');
  });

  it('carry signs in black or white that are read at 4.5:1 or better, whatever the colour', () => {
    fc.assert(
      fc.property(anyColour, (ground) => {
        expect(contrast(inkOn(ground), ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});

describe('a scale', () => {
  const a: Rgb = [0, 0, 0];
  const b: Rgb = [100, 50, 10];
  const c: Rgb = [200, 250, 255];

  it('begins and ends with its stops, and passes through those between', () => {
    expect(ramp([a, b, c], 0)).toEqual(a);
    expect(ramp([a, b, c], 0.5)).toEqual(b);
    expect(ramp([a, b, c], 1)).toEqual(c);
    expect(ramp([a, b, c], 0.25)).toEqual(mix(a, b, 0.5));
    expect(ramp([a, b, c], 7)).toEqual(c);
    expect(ramp([a, b, c], -7)).toEqual(a);
  });

  it('is even in powers on a logarithmic axis, with everything beyond its ends at its ends', () => {
    expect(logShare(1e-4, 1e-4, 1)).toBe(0);
    expect(logShare(1e-2, 1e-4, 1)).toBeCloseTo(0.5);
    expect(logShare(1, 1e-4, 1)).toBe(1);
    expect(logShare(Number.POSITIVE_INFINITY, 1e-4, 1)).toBe(1);
    expect(logShare(0, 1e-4, 1)).toBe(0);
    expect(logShare(-1, 1e-4, 1)).toBe(0);
    expect(logShare(Number.NaN, 1e-4, 1)).toBe(0);
  });
});
