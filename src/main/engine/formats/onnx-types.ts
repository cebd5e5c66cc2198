import type { Dtype } from '../../../shared/domain';

/** Fields of TensorProto that hold elements one by one. */
export type TypedField =
  | 'float_data'
  | 'int32_data'
  | 'string_data'
  | 'int64_data'
  | 'double_data'
  | 'uint64_data';

export interface OnnxType {
  readonly dtype: Dtype;
  /** Per element in raw_data; 0 for strings, which have no raw form. */
  readonly bits: number;
  readonly typed: TypedField;
  /** Values of the typed field per element: 2 for complex, a fraction for packed sub-bytes. */
  readonly valuesPerElement: number;
}

function type(
  dtype: Dtype,
  bits: number,
  typed: TypedField = 'int32_data',
  valuesPerElement = 1,
): OnnxType {
  return { dtype, bits, typed, valuesPerElement };
}

/** TensorProto.DataType of onnx.proto, with the typed field that each may use. */
export const onnxTypes: ReadonlyMap<number, OnnxType> = new Map([
  [1, type('F32', 32, 'float_data')],
  [2, type('U8', 8)],
  [3, type('I8', 8)],
  [4, type('U16', 16)],
  [5, type('I16', 16)],
  [6, type('I32', 32)],
  [7, type('I64', 64, 'int64_data')],
  [8, type('STRING', 0, 'string_data')],
  [9, type('BOOL', 8)],
  [10, type('F16', 16)],
  [11, type('F64', 64, 'double_data')],
  [12, type('U32', 32, 'uint64_data')],
  [13, type('U64', 64, 'uint64_data')],
  [14, type('C64', 64, 'float_data', 2)],
  [15, type('C128', 128, 'double_data', 2)],
  [16, type('BF16', 16)],
  [17, type('F8_E4M3', 8)],
  [18, type('F8_E4M3FNUZ', 8)],
  [19, type('F8_E5M2', 8)],
  [20, type('F8_E5M2FNUZ', 8)],
  [21, type('U4', 4, 'int32_data', 1 / 2)],
  [22, type('I4', 4, 'int32_data', 1 / 2)],
  [23, type('F4', 4, 'int32_data', 1 / 2)],
  [24, type('F8_E8M0', 8)],
  [25, type('U2', 2, 'int32_data', 1 / 4)],
  [26, type('I2', 2, 'int32_data', 1 / 4)],
]);
