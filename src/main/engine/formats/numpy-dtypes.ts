import type { Dtype } from '../../../shared/domain';

/** What a `descr` such as `<f4` says about one element. */
export interface NumpyType {
  readonly dtype: Dtype;
  /** Per element. */
  readonly bytes: number;
  readonly bigEndian: boolean;
  /** The elements mean the same under this dtype in every format. */
  readonly plain: boolean;
}

/** Kind and bytes per element → the name that safetensors has for it, C128 in its manner. */
const plainTypes: ReadonlyMap<string, Dtype> = new Map([
  ['b1', 'BOOL'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['c8', 'C64'],
  ['c16', 'C128'],
]);

/** Long doubles of various machines: their bytes are kept, not understood. */
const longDoubles: ReadonlySet<string> = new Set(['f12', 'f16', 'c24', 'c32']);

const pattern = /^(?<order>[<>|])(?<kind>[a-zA-Z])(?<size>\d{1,9})(?<unit>\[[0-9a-zA-Z]{1,12}\])?$/;

/**
 * The element type of a `descr`; `object` for Python objects, undefined for what numpy does not
 * write. Texts, bytes, dates and long doubles keep numpy's name after `numpy ` (`numpy U5`): a bare
 * `U8` would be another type's name.
 */
export function numpyType(descr: string): NumpyType | 'object' | undefined {
  if (descr === '|O' || descr === '|O8' || descr === '|O4') return 'object';
  const groups = pattern.exec(descr)?.groups;
  if (groups === undefined) return undefined;
  const { order, kind = '', size = '', unit = '' } = groups;
  const name = `${kind}${Number(size)}`;
  const plain = plainTypes.get(name);
  const bytes = elementBytes(kind, name, Number(size), unit);
  if (bytes === undefined) return undefined;
  const ordered = bytes > 1 && kind !== 'S' && kind !== 'V';
  if (ordered && order === '|') return undefined;
  return {
    dtype: plain ?? `numpy ${name}${unit}`,
    bytes,
    bigEndian: ordered && order === '>',
    plain: plain !== undefined,
  };
}

function elementBytes(kind: string, name: string, size: number, unit: string): number | undefined {
  if (kind === 'M' || kind === 'm') return size === 8 ? size : undefined;
  if (unit !== '') return undefined;
  if (kind === 'S' || kind === 'V') return size;
  if (kind === 'U') return 4 * size;
  return plainTypes.has(name) || longDoubles.has(name) ? size : undefined;
}
