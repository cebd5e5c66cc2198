import type { Signature } from '../kernels/signature';
import { type FloatFormat, floatFormat, SAMPLE_FORMAT } from './number-formats';
import { bfloat } from './pair-sample';

/**
 * Share of values that may differ by a step because they were rounded twice, to F16 and then to the
 * samples' bfloat16: one in 16 does, where the first rounding ends half way between two samples.
 */
const TWICE_ROUNDED = 0.09;

/** Kinds differ and every sample agrees, as far as samples go, with one side rounded to the other. */
export function castLikely(a: Signature, b: Signature): boolean {
  const formatA = floatFormat(a.kind);
  const formatB = floatFormat(b.kind);
  if (a.kind === b.kind || a.elements !== b.elements) return false;
  if (formatA === undefined || formatB === undefined) return false;
  const aIsNarrow = formatA.mantissa < formatB.mantissa;
  return aIsNarrow ? agrees(a, b, formatA) : agrees(b, a, formatB);
}

function agrees(narrow: Signature, wide: Signature, format: FloatFormat): boolean {
  const size = Math.min(narrow.sample.length, wide.sample.length);
  const hidesDigits = format.mantissa > SAMPLE_FORMAT.mantissa;
  let twice = 0;
  let nonZero = 0;
  for (let i = 0; i < size; i++) {
    const code = narrow.sample[i] as number;
    const other = wide.sample[i] as number;
    if ((code & 0x7fff) !== 0) nonZero++;
    if (code === other) continue;
    if (isNaNCode(code) && isNaNCode(other)) continue;
    const x = bfloat(code);
    const y = bfloat(other);
    if (Math.abs(x - y) <= halfStep(format, x)) continue;
    // Ties go to even, so what was rounded twice ends in a 0.
    if (!hidesDigits || Math.abs(code - other) !== 1 || (code & 1) !== 0) return false;
    twice++;
  }
  return nonZero > 0 && twice <= Math.max(2, size * TWICE_ROUNDED);
}

const isNaNCode = (code: number): boolean => (code & 0x7fff) > 0x7f80;

/** Half the spacing of a format at a number; 0 where the samples are as coarse or coarser. */
function halfStep({ mantissa, minExponent }: FloatFormat, value: number): number {
  const exponent = value === 0 ? minExponent : Math.floor(Math.log2(Math.abs(value)));
  const isCoarse = mantissa < SAMPLE_FORMAT.mantissa || exponent < minExponent;
  return isCoarse || value === 0 ? 2 ** (Math.max(exponent, minExponent) - mantissa - 1) : 0;
}
