import type { TensorTarget } from '../kernels/targets';
import { valueBytes, valueLayout } from '../kernels/values';
import type { ModelTensor } from '../model/model';

/**
 * What the kernels need to read each tensor's values; undefined where these are not known: dtypes
 * that they cannot decode, encodings of a format's own, no elements, or byte lengths that shape and
 * dtype do not give.
 */
export function tensorTargets(
  tensors: readonly ModelTensor[],
): readonly (TensorTarget | undefined)[] {
  return tensors.map(targetOf);
}

function targetOf(tensor: ModelTensor): TensorTarget | undefined {
  const { dtype, shape, offset, byteLength, encoding, inflate } = tensor;
  const layout = valueLayout(dtype);
  if (layout === undefined || (encoding === 'encoded' && inflate === undefined)) return undefined;
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  if (!Number.isSafeInteger(elements) || elements < 1) return undefined;
  const { kind } = layout;
  if (valueBytes(kind, elements) !== (inflate?.length ?? byteLength)) return undefined;
  const long = shape.filter((dimension) => dimension > 1);
  return {
    offset,
    length: byteLength,
    kind,
    elements,
    rows: long[0] ?? 1,
    matrix: long.length === 2,
    ...(inflate === undefined ? {} : { inflate }),
  };
}
