import type {
  Manifest,
  ManifestFile,
  ManifestFragment,
  ManifestLayer,
  ManifestSegment,
  ManifestTensor,
} from '../../../shared/domain';

/**
 * The manifest as JSON text: keys in the order in which the type declares them, indented by two
 * spaces; a value that holds no list of objects (a fragment, a layer, a shape) on one line. Ends
 * with a line feed. Equal manifests give equal text.
 */
export function serializeManifest(manifest: Manifest): string {
  const lines: string[] = [];
  print(inOrder(manifest), '', '', '', lines);
  return `${lines.join('\n')}\n`;
}

/** A copy with exactly the declared keys in the declared order. */
function inOrder({ tessera, version, model, files, tensors, layers, totals }: Manifest): Manifest {
  const { id, name, format, source, family } = model;
  return {
    tessera,
    version,
    model: {
      id,
      name,
      format,
      source: { kind: source.kind, name: source.name },
      family: { declared: family.declared, inferred: family.inferred },
    },
    files: files.map(fileInOrder),
    tensors: tensors.map(tensorInOrder),
    layers: layers.map(
      ({ name, priority, totalBytes, tensors }): ManifestLayer => ({
        name,
        priority,
        totalBytes,
        tensors,
      }),
    ),
    totals: {
      logicalBytes: totals.logicalBytes,
      uniqueBytes: totals.uniqueBytes,
      files: totals.files,
      tensors: totals.tensors,
      fragments: totals.fragments,
    },
  };
}

function fileInOrder(file: ManifestFile): ManifestFile {
  const { path, size, sha256, format, role, segments } = file;
  return { path, size, sha256, format, role, segments: segments.map(segmentInOrder) };
}

function segmentInOrder(segment: ManifestSegment): ManifestSegment {
  const { kind, offset, length } = segment;
  if (kind === 'tensor') return { kind, offset, length, tensor: segment.tensor };
  return { kind, offset, length, fragments: segment.fragments.map(fragmentInOrder) };
}

function fragmentInOrder({ offset, length, id }: ManifestFragment): ManifestFragment {
  return { offset, length, id };
}

function tensorInOrder(tensor: ManifestTensor): ManifestTensor {
  const { name, dtype, shape, type, file, offset, length, hash, fragments } = tensor;
  return {
    name,
    dtype,
    shape,
    type,
    file,
    offset,
    length,
    hash,
    fragments: fragments.map(fragmentInOrder),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function fitsOnOneLine(value: unknown): boolean {
  if (!isObject(value)) return true;
  if (Array.isArray(value)) return !value.some(isObject);
  return Object.values(value).every((part) => !isObject(part) || isPlainList(part));
}

const isPlainList = (value: object) => Array.isArray(value) && !value.some(isObject);

function print(
  value: unknown,
  indent: string,
  before: string,
  after: string,
  lines: string[],
): void {
  if (!isObject(value) || fitsOnOneLine(value)) {
    lines.push(`${indent}${before}${oneLine(value)}${after}`);
    return;
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  lines.push(`${indent}${before}${isList ? '[' : '{'}`);
  entries.forEach(([key, part], at) => {
    const label = isList ? '' : `${JSON.stringify(key)}: `;
    print(part, `${indent}  `, label, at === entries.length - 1 ? '' : ',', lines);
  });
  lines.push(`${indent}${isList ? ']' : '}'}${after}`);
}

function oneLine(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}: ${oneLine(part)}`,
  );
  return `{ ${entries.join(', ')} }`;
}
