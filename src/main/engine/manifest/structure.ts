import type {
  Manifest,
  ManifestFile,
  ManifestFragment,
  ManifestSegment,
  ManifestTensor,
} from '../../../shared/domain';
import { MAX_FRAGMENT_BYTES } from '../fragments/cut';
import { MAX_VIEW_PASSES } from '../fragments/views';
import type { ManifestFinding } from '../protocol';
import { contentId, totalsOf } from './build';
import { unsafeFilePath } from './paths';

/**
 * What does not fit together inside a manifest, found without any file: segments that do not tile
 * their file, fragments that do not tile their segment, wrong references, sums and ids. Findings
 * carry the file that they are about; `''` for the manifest as a whole. Empty: it is sound.
 */
export function structureFindings(manifest: Manifest): ManifestFinding[] {
  return [
    ...duplicatePaths(manifest),
    ...manifest.files.flatMap((file, index) => fileFindings(manifest, file, index)),
    ...tensorFindings(manifest),
    ...layerFindings(manifest),
    ...totalFindings(manifest),
  ];
}

const finding = (
  file: string,
  expected: string,
  found: string,
  offset?: number,
): ManifestFinding => ({ file, ...(offset === undefined ? {} : { offset }), expected, found });

function duplicatePaths({ files }: Manifest): ManifestFinding[] {
  const seen = new Set<string>();
  return files.flatMap(({ path }) => {
    const twice = seen.has(path);
    seen.add(path);
    return twice ? [finding(path, 'every file named once', 'it is named twice')] : [];
  });
}

function fileFindings(manifest: Manifest, file: ManifestFile, index: number): ManifestFinding[] {
  const fault = unsafeFilePath(file.path);
  if (fault !== undefined) {
    return [finding(file.path, 'a path inside the model', `a path that ${fault}`)];
  }
  const findings: ManifestFinding[] = [];
  let end = 0;
  for (const segment of file.segments) {
    if (segment.offset !== end || segment.length === 0) {
      findings.push(finding(file.path, 'segments that tile the file', rangeText(segment), end));
      return findings;
    }
    findings.push(...segmentFindings(manifest, file, index, segment));
    end += segment.length;
  }
  if (end !== file.size) {
    findings.push(finding(file.path, `segments up to byte ${file.size}`, `an end at ${end}`, end));
  }
  return findings;
}

function segmentFindings(
  manifest: Manifest,
  file: ManifestFile,
  index: number,
  segment: ManifestSegment,
): ManifestFinding[] {
  const { offset, length } = segment;
  if (segment.kind === 'bytes') return tileFindings(file.path, segment, segment.fragments);
  const tensor = manifest.tensors[segment.tensor];
  if (tensor === undefined || tensor.file !== index) {
    return [finding(file.path, 'a tensor of this file', `tensor ${segment.tensor}`, offset)];
  }
  if (tensor.offset !== offset || tensor.length !== length) {
    return [finding(file.path, `a tensor of ${rangeText(segment)}`, rangeText(tensor), offset)];
  }
  return tileFindings(file.path, segment, tensor.fragments);
}

function tileFindings(
  file: string,
  range: { readonly offset: number; readonly length: number },
  fragments: readonly ManifestFragment[],
): ManifestFinding[] {
  let end = range.offset;
  for (const fragment of fragments) {
    const fits = fragment.length > 0 && fragment.length <= MAX_FRAGMENT_BYTES;
    if (fragment.offset !== end || !fits) {
      return [finding(file, 'fragments that tile the segment', rangeText(fragment), end)];
    }
    end += fragment.length;
  }
  const limit = range.offset + range.length;
  return end === limit
    ? []
    : [finding(file, `fragments up to byte ${limit}`, `an end at ${end}`, end)];
}

function rangeText({
  offset,
  length,
}: {
  readonly offset: number;
  readonly length: number;
}): string {
  return `${length} bytes at ${offset}`;
}

/** Tensors lie inside their file, have fragments only where a segment names them, in order. */
function tensorFindings({ files, tensors }: Manifest): ManifestFinding[] {
  const named = new Set<number>();
  for (const file of files) {
    for (const segment of file.segments) if (segment.kind === 'tensor') named.add(segment.tensor);
  }
  const extra = files.map(() => 0);
  const findings: ManifestFinding[] = [];
  const rangeKey = (tensor: ManifestTensor) => `${tensor.file}:${tensor.offset}:${tensor.length}`;
  const ranges = new Set(tensors.filter((_, index) => named.has(index)).map(rangeKey));
  tensors.forEach((tensor, index) => {
    const file = files[tensor.file];
    const about = file?.path ?? '';
    if (file === undefined || tensor.offset + tensor.length > file.size) {
      findings.push(finding(about, `${tensor.name} inside its file`, rangeText(tensor)));
    } else if (!named.has(index)) {
      if (tensor.fragments.length > 0) {
        findings.push(
          finding(
            about,
            'fragments only where a segment names the tensor',
            tensor.name,
            tensor.offset,
          ),
        );
      }
      const key = rangeKey(tensor);
      if (!ranges.has(key)) extra[tensor.file] = (extra[tensor.file] ?? 0) + tensor.length;
      ranges.add(key);
    }
  });
  files.forEach(({ path, size }, index) => {
    if ((extra[index] ?? 0) <= MAX_VIEW_PASSES * size) return;
    findings.push(
      finding(path, 'few tensors that overlap others', `${extra[index]} bytes of them`),
    );
  });
  return findings;
}

function layerFindings({ layers, tensors }: Manifest): ManifestFinding[] {
  const seen = new Set<number>();
  const findings: ManifestFinding[] = [];
  layers.forEach((layer, at) => {
    let bytes = 0;
    for (const index of layer.tensors) {
      const tensor = tensors[index];
      if (tensor === undefined || seen.has(index)) {
        findings.push(
          finding('', 'every tensor in one layer', `${layer.name} with tensor ${index}`),
        );
      }
      seen.add(index);
      bytes += tensor?.length ?? 0;
    }
    if (layer.priority !== at) {
      findings.push(finding('', `layer ${layer.name} at priority ${at}`, String(layer.priority)));
    }
    if (layer.totalBytes !== bytes) {
      findings.push(finding('', `${bytes} bytes in layer ${layer.name}`, String(layer.totalBytes)));
    }
  });
  if (seen.size !== tensors.length) {
    findings.push(finding('', `${tensors.length} tensors in layers`, String(seen.size)));
  }
  return findings;
}

function totalFindings(manifest: Manifest): ManifestFinding[] {
  const findings: ManifestFinding[] = [];
  const right = totalsOf(manifest.files, manifest.tensors);
  for (const key of Object.keys(right) as (keyof typeof right)[]) {
    if (right[key] !== manifest.totals[key]) {
      findings.push(finding('', `totals.${key} ${right[key]}`, String(manifest.totals[key])));
    }
  }
  const id = contentId(manifest.files);
  if (id !== manifest.model.id) findings.push(finding('', `model id ${id}`, manifest.model.id));
  return findings;
}
