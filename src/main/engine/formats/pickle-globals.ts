import type { Dtype } from '../../../shared/domain';
import type { GlobalRole } from './pickle-value';

/** PyTorch's typed storages: dtype and bytes per element. */
export interface ElementType {
  readonly dtype: Dtype;
  readonly bytes: number;
}

const element = (dtype: Dtype, bytes: number): ElementType => ({ dtype, bytes });

/** `torch.FloatStorage` and the like (torch/__init__.py); `torch.cuda.` has the same names. */
export const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['DoubleStorage', element('F64', 8)],
  ['FloatStorage', element('F32', 4)],
  ['HalfStorage', element('F16', 2)],
  ['BFloat16Storage', element('BF16', 2)],
  ['LongStorage', element('I64', 8)],
  ['IntStorage', element('I32', 4)],
  ['ShortStorage', element('I16', 2)],
  ['CharStorage', element('I8', 1)],
  ['ByteStorage', element('U8', 1)],
  ['BoolStorage', element('BOOL', 1)],
  ['ComplexFloatStorage', element('C64', 8)],
  ['ComplexDoubleStorage', element('C128', 16)],
  ['QInt8Storage', element('QI8', 1)],
  ['QUInt8Storage', element('QU8', 1)],
  ['QInt32Storage', element('QI32', 4)],
]);

/** `torch.float32` and the like, with their aliases (torch/csrc/utils/tensor_dtypes.cpp). */
export const torchDtypes: ReadonlyMap<string, ElementType> = new Map([
  ['float64', element('F64', 8)],
  ['double', element('F64', 8)],
  ['float32', element('F32', 4)],
  ['float', element('F32', 4)],
  ['float16', element('F16', 2)],
  ['half', element('F16', 2)],
  ['bfloat16', element('BF16', 2)],
  ['int64', element('I64', 8)],
  ['long', element('I64', 8)],
  ['int32', element('I32', 4)],
  ['int', element('I32', 4)],
  ['int16', element('I16', 2)],
  ['short', element('I16', 2)],
  ['int8', element('I8', 1)],
  ['uint8', element('U8', 1)],
  ['uint16', element('U16', 2)],
  ['uint32', element('U32', 4)],
  ['uint64', element('U64', 8)],
  ['bool', element('BOOL', 1)],
  ['complex32', element('C32', 4)],
  ['chalf', element('C32', 4)],
  ['complex64', element('C64', 8)],
  ['cfloat', element('C64', 8)],
  ['complex128', element('C128', 16)],
  ['cdouble', element('C128', 16)],
  ['float8_e4m3fn', element('F8_E4M3', 1)],
  ['float8_e5m2', element('F8_E5M2', 1)],
  ['float8_e4m3fnuz', element('F8_E4M3FNUZ', 1)],
  ['float8_e5m2fnuz', element('F8_E5M2FNUZ', 1)],
  ['float8_e8m0fnu', element('F8_E8M0', 1)],
  ['qint8', element('QI8', 1)],
  ['quint8', element('QU8', 1)],
  ['qint32', element('QI32', 4)],
]);

type Row = readonly [module: string, names: readonly string[], role: GlobalRole];

/**
 * Every global that a pickle may name, exactly; the role says what it may be used for.
 * `value`: only named, never called. `call`: called, which records the arguments.
 * `dict`: called, and entries set. `build`: called, and a state set.
 * None of them is ever looked up: the names are only compared.
 */
const rows: readonly Row[] = [
  ['torch', [...storageTypes.keys(), ...torchDtypes.keys()], 'value'],
  ['torch.cuda', [...storageTypes.keys()], 'value'],
  ['torch.storage', ['UntypedStorage', 'TypedStorage'], 'value'],
  ['torch', ['UntypedStorage', 'Tensor'], 'value'],
  ['torch.nn.parameter', ['Parameter', 'Buffer'], 'value'],
  ['torch', ['strided', 'sparse_coo', 'sparse_csr', 'contiguous_format'], 'value'],
  ['torch', ['preserve_format', 'channels_last', 'channels_last_3d'], 'value'],
  ['torch', ['per_tensor_affine', 'per_channel_affine', 'per_tensor_symmetric'], 'value'],
  ['torch', ['per_channel_symmetric', 'per_channel_affine_float_qparams'], 'value'],
  ['torch', ['Size', 'device'], 'call'],
  ['torch.serialization', ['_get_layout'], 'call'],
  [
    'torch._utils',
    [
      '_rebuild_tensor',
      '_rebuild_tensor_v2',
      '_rebuild_tensor_v3',
      '_rebuild_parameter',
      '_rebuild_parameter_with_state',
      '_rebuild_qtensor',
      '_rebuild_sparse_tensor',
      '_rebuild_meta_tensor_no_storage',
    ],
    'call',
  ],
  ['torch._tensor', ['_rebuild_from_type_v2'], 'call'],
  [
    'torch.jit._pickle',
    ['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist', 'restore_type_tag'],
    'call',
  ],
  ['collections', ['OrderedDict', 'defaultdict', 'Counter'], 'dict'],
  ['builtins', ['set', 'frozenset', 'bytearray', 'complex'], 'call'],
  ['__builtin__', ['set', 'frozenset', 'bytearray', 'complex'], 'call'],
  // As the factory of a defaultdict.
  ['builtins', ['dict', 'list', 'int', 'float', 'str'], 'value'],
  ['__builtin__', ['dict', 'list', 'int', 'float', 'str'], 'value'],
  ['_codecs', ['encode'], 'call'],
  ['numpy', ['ndarray'], 'value'],
  ['numpy', ['dtype'], 'build'],
  ['numpy.core.multiarray', ['_reconstruct'], 'build'],
  ['numpy._core.multiarray', ['_reconstruct'], 'build'],
  ['numpy.core.multiarray', ['scalar'], 'call'],
  ['numpy._core.multiarray', ['scalar'], 'call'],
];

/** Every one of them, by `module\nname`. */
export const allowedGlobals: ReadonlyMap<string, GlobalRole> = new Map(
  rows.flatMap(([module, names, role]) =>
    names.map((name) => [`${module}\n${name}`, role] as const),
  ),
);

const dottedName = /^__torch__(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What a pickle may do with a global, or undefined for every one that is not on the list.
 * In a TorchScript archive (`torchscript`) classes of `__torch__` name types of the archive
 * itself; they are carried as records of their attributes.
 */
export function roleOf(module: string, name: string, torchscript: boolean): GlobalRole | undefined {
  const role = allowedGlobals.get(`${module}\n${name}`);
  if (role !== undefined || !torchscript) return role;
  return dottedName.test(module) && plainName.test(name) ? 'build' : undefined;
}
