import {
  fragmentTypes,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type ManifestFragment,
  type ManifestLayer,
  type ManifestSegment,
  type ManifestTensor,
} from '../../../shared/domain';
import { quote } from '../formats/text';
import { unsafeFilePath } from './paths';

/** A text that is not a manifest this version reads: where in it, what was expected and found. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  constructor(
    readonly file: string,
    /** Place in the JSON, as `files[0].size`; empty for the whole. */
    readonly at: string,
    readonly expected: string,
    readonly found: string,
  ) {
    const place = at === '' ? '' : `${at}: `;
    super(
      `${file} is not a manifest that can be read: ${place}expected ${expected}, found ${found}`,
    );
  }
}

/**
 * Reads a manifest strictly: exactly the declared keys, each of its kind, paths that stay in their
 * folder. Whether its parts fit together is for `structureFindings` and `verifyManifest` to say.
 * Throws ManifestError; `file` names the text in it.
 */
export function parseManifest(text: string, file = 'manifest'): Manifest {
  const root = new Reader(file, '', json(text, file));
  const fields = root.fields('tessera', 'version', 'model', 'files', 'tensors', 'layers', 'totals');
  fields.tessera.oneOf(['manifest']);
  if (fields.version.value !== MANIFEST_VERSION) {
    fields.version.fail(`version ${MANIFEST_VERSION}, the one that this program reads`);
  }
  return {
    tessera: 'manifest',
    version: MANIFEST_VERSION,
    model: modelOf(fields.model),
    files: fields.files.list(fileOf),
    tensors: fields.tensors.list(tensorOf),
    layers: fields.layers.list(layerOf),
    totals: totalsOf(fields.totals),
  };
}

const formats = ['safetensors', 'onnx', 'gguf', 'pytorch', 'numpy', 'opaque'] as const;
const HASH = /^[0-9a-f]{64}$/;
const MODEL_ID = /^[0-9a-f]{16}$/;

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ManifestError(file, '', 'JSON text', reason);
  }
}

/** One value of the JSON, its place, and the checks that turn it into a typed one. */
class Reader {
  constructor(
    readonly file: string,
    readonly at: string,
    readonly value: unknown,
  ) {}

  fail(expected: string, found = kindOf(this.value)): never {
    throw new ManifestError(this.file, this.at, expected, found);
  }

  fields<Key extends string>(...keys: readonly Key[]): Readonly<Record<Key, Reader>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail('an object');
    }
    for (const key of Object.keys(value)) {
      if (!(keys as readonly string[]).includes(key)) {
        this.fail(`only the keys ${keys.join(', ')}`, quote(key));
      }
    }
    const record = value as Readonly<Record<string, unknown>>;
    const pairs = keys.map((key): [Key, Reader] => {
      if (!Object.hasOwn(record, key)) this.fail(`the key ${quote(key)}`, 'none');
      const place = this.at === '' ? key : `${this.at}.${key}`;
      return [key, new Reader(this.file, place, record[key])];
    });
    return Object.fromEntries(pairs) as Record<Key, Reader>;
  }

  list<T>(read: (item: Reader) => T): T[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.fail('a list');
    return value.map((item, i) => read(new Reader(this.file, `${this.at}[${i}]`, item)));
  }

  count(): number {
    const { value } = this;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.fail('a whole number from 0 to 2^53 - 1');
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a string');
  }

  textOrNull(): string | null {
    return this.value === null ? null : this.text();
  }

  /** A string of a fixed form; `T` is its nominal type. */
  matching<T extends string>(form: RegExp, expected: string): T {
    const text = this.text();
    return form.test(text) ? (text as T) : this.fail(expected);
  }

  hash<T extends string>(): T {
    return this.matching<T>(HASH, '64 lower-case hex digits');
  }

  oneOf<T extends string>(allowed: readonly T[]): T {
    const found = allowed.find((candidate) => candidate === this.value);
    return found ?? this.fail(`one of ${allowed.map((word) => quote(word)).join(', ')}`);
  }
}

function modelOf(reader: Reader): Manifest['model'] {
  const fields = reader.fields('id', 'name', 'format', 'source', 'family');
  const source = fields.source.fields('kind', 'name');
  const family = fields.family.fields('declared', 'inferred');
  return {
    id: fields.id.matching(MODEL_ID, '16 lower-case hex digits'),
    name: fields.name.text(),
    format: fields.format.oneOf(formats),
    source: { kind: source.kind.oneOf(['folder', 'file']), name: source.name.text() },
    family: { declared: family.declared.textOrNull(), inferred: family.inferred.textOrNull() },
  };
}

function fileOf(reader: Reader): ManifestFile {
  const fields = reader.fields('path', 'size', 'sha256', 'format', 'role', 'segments');
  return {
    path: pathOf(fields.path),
    size: fields.size.count(),
    sha256: fields.sha256.hash(),
    format: fields.format.oneOf(formats),
    role: fields.role.oneOf(['weights', 'sidecar']),
    segments: fields.segments.list(segmentOf),
  };
}

function pathOf(reader: Reader): string {
  const path = reader.text();
  const fault = unsafeFilePath(path);
  if (fault !== undefined) reader.fail('a path inside the model', `${quote(path)}, which ${fault}`);
  return path;
}

function segmentOf(reader: Reader): ManifestSegment {
  const { value } = reader;
  const isTensor = typeof value === 'object' && value !== null && 'tensor' in value;
  if (isTensor) {
    const { kind, offset, length, tensor } = reader.fields('kind', 'offset', 'length', 'tensor');
    return {
      kind: kind.oneOf(['tensor']),
      offset: offset.count(),
      length: length.count(),
      tensor: tensor.count(),
    };
  }
  const { kind, offset, length, fragments } = reader.fields(
    'kind',
    'offset',
    'length',
    'fragments',
  );
  return {
    kind: kind.oneOf(['bytes']),
    offset: offset.count(),
    length: length.count(),
    fragments: fragments.list(fragmentOf),
  };
}

function fragmentOf(reader: Reader): ManifestFragment {
  const { offset, length, id } = reader.fields('offset', 'length', 'id');
  return { offset: offset.count(), length: length.count(), id: id.hash() };
}

function tensorOf(reader: Reader): ManifestTensor {
  const fields = reader.fields(
    'name',
    'dtype',
    'shape',
    'type',
    'file',
    'offset',
    'length',
    'hash',
    'fragments',
  );
  return {
    name: fields.name.text(),
    dtype: fields.dtype.text(),
    shape: fields.shape.list((side) => side.count()),
    type: fields.type.oneOf(fragmentTypes),
    file: fields.file.count(),
    offset: fields.offset.count(),
    length: fields.length.count(),
    hash: fields.hash.hash(),
    fragments: fields.fragments.list(fragmentOf),
  };
}

function layerOf(reader: Reader): ManifestLayer {
  const { name, priority, totalBytes, tensors } = reader.fields(
    'name',
    'priority',
    'totalBytes',
    'tensors',
  );
  return {
    name: name.text(),
    priority: priority.count(),
    totalBytes: totalBytes.count(),
    tensors: tensors.list((index) => index.count()),
  };
}

function totalsOf(reader: Reader): Manifest['totals'] {
  const fields = reader.fields('logicalBytes', 'uniqueBytes', 'files', 'tensors', 'fragments');
  return {
    logicalBytes: fields.logicalBytes.count(),
    uniqueBytes: fields.uniqueBytes.count(),
    files: fields.files.count(),
    tensors: fields.tensors.count(),
    fragments: fields.fragments.count(),
  };
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
