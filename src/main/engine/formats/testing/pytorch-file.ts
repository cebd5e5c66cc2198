import {
  call,
  dict,
  global,
  int,
  list,
  no,
  none,
  pickle,
  raw,
  text,
  tuple,
  yes,
} from './pickle-file';
import { type MadeMember, type MadeZip, zipFile } from './zip-file';

export interface MadeTensor {
  readonly key?: string;
  /** Elements of the storage. */
  readonly elements?: number | bigint;
  readonly type?: string;
  readonly offset?: number | bigint;
  readonly shape?: readonly (number | bigint)[];
  readonly strides?: readonly (number | bigint)[];
  /** Of the legacy stream: none, or a view of the storage. */
  readonly view?: Uint8Array;
}

export function storage(made: MadeTensor = {}): Buffer {
  const { key = '0', elements = 4, type = 'FloatStorage', view } = made;
  const parts = [text('storage'), global('torch', type), text(key), text('cpu'), int(elements)];
  return raw(tuple(...parts, ...(view === undefined ? [] : [view])), 'Q');
}

function rowMajor(shape: readonly (number | bigint)[]): number[] {
  const strides: number[] = [];
  let next = 1;
  for (const dimension of shape.toReversed()) {
    strides.unshift(next);
    next *= Number(dimension);
  }
  return strides;
}

/** By `_rebuild_tensor_v2`; 4 floats in storage `0` unless told otherwise. */
export function tensor(made: MadeTensor = {}): Buffer {
  const { offset = 0, shape = [4] } = made;
  const { strides = rowMajor(shape) } = made;
  const hooks = raw(global('collections', 'OrderedDict'), ')R');
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(made),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    no,
    hooks,
  );
}

export const parameter = (data: Uint8Array) =>
  call(
    global('torch._utils', '_rebuild_parameter'),
    data,
    yes,
    raw(global('collections', 'OrderedDict'), ')R'),
  );

export const floats = (...values: readonly number[]) =>
  Buffer.from(new Float32Array(values).buffer);

export interface MadeArchive extends MadeZip {
  readonly prefix?: string;
  /** Key → bytes; `0` has four floats unless told otherwise. */
  readonly storages?: Readonly<Record<string, Uint8Array>>;
  readonly members?: readonly MadeMember[];
  readonly byteorder?: string;
  readonly deflate?: boolean;
}

/** An archive of torch.save around a data.pkl. */
export function archive(data: Uint8Array, made: MadeArchive = {}): Buffer {
  const { prefix = 'archive', storages = { '0': floats(1, 2, 3, 4) }, members = [] } = made;
  const flags = 0x0808;
  const deflate = made.deflate === true;
  const own: MadeMember[] = [
    { name: `${prefix}/data.pkl`, data, flags, deflate },
    ...Object.entries(storages).map(([key, bytes]) => ({
      name: `${prefix}/data/${key}`,
      data: bytes,
      flags: bytes.length === 0 ? 0x0800 : flags,
      deflate: deflate && bytes.length > 0,
    })),
    ...members,
    { name: `${prefix}/version`, data: '3\n', flags },
    ...(made.byteorder === undefined
      ? []
      : [{ name: `${prefix}/byteorder`, data: made.byteorder, flags }]),
  ];
  return zipFile(own, { zip64: true, ...made });
}

export interface MadeStream {
  readonly keys?: readonly string[];
  readonly storages?: readonly Uint8Array[];
  /** Elements per storage, as the stream counts them. */
  readonly counts?: readonly (number | bigint)[];
  readonly littleEndian?: boolean;
  readonly protocol?: number;
  readonly after?: Uint8Array;
}

export const MAGIC = 0x1950a86a20f9469cfc6cn;

/** A stream of torch.save as before PyTorch 1.6 around an object's pickle. */
export function stream(object: Uint8Array, made: MadeStream = {}): Buffer {
  const { keys = ['0'], storages = [floats(1, 2, 3, 4)], protocol = 1001 } = made;
  const system = dict({
    protocol_version: int(1001),
    little_endian: made.littleEndian === false ? no : yes,
    type_sizes: dict({ short: int(2), int: int(4), long: int(4) }),
  });
  const tail = storages.map((bytes, index) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(made.counts?.[index] ?? bytes.length / 4));
    return Buffer.concat([count, bytes]);
  });
  return Buffer.concat([
    pickle(int(MAGIC)),
    pickle(int(protocol)),
    pickle(system),
    object,
    pickle(list(...keys.map(text))),
    ...tail,
    Buffer.from(made.after ?? []),
  ]);
}

/** As `tensor`, with the sixth part that legacy references have. */
export const legacyTensor = (made: MadeTensor = {}) => tensor({ view: none, ...made });
