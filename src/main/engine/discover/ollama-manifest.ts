import type { MetadataValue } from '../../../shared/domain';
import { FormatError } from '../formats/errors';
import { quote } from '../formats/text';

/** One blob that a manifest names. */
export interface OllamaLayer {
  /** What the blob is: `model`, `template`, `license`; the media type's own words if unknown. */
  readonly kind: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly digest: string;
  /** Bytes, where stated. */
  readonly size: number | undefined;
}

export interface OllamaManifest {
  /** Configuration and layers, each blob once, in order. */
  readonly layers: readonly OllamaLayer[];
}

type Fields = Readonly<Record<string, MetadataValue>>;

const prefix = 'application/vnd.ollama.image.';
const digestPattern = /^sha256[:-]([0-9a-f]{64})$/;
const blobPattern = /^sha256[:-]([0-9a-f]{64})$/;
const partialPattern = /^sha256[:-]([0-9a-f]{64})-partial(-\d+)?$/;

/** The digest that a complete blob's file name holds. */
export function blobDigest(name: string): string | undefined {
  return blobPattern.exec(name)?.[1];
}

/** The digest that an unfinished blob's file, or one of its parts' records, is named by. */
export function partialDigest(name: string): string | undefined {
  return partialPattern.exec(name)?.[1];
}

/** Kinds of layers that hold tensors. */
const weightKinds: ReadonlySet<string> = new Set(['model', 'projector', 'adapter', 'tensor']);

export function holdsWeights({ kind }: OllamaLayer): boolean {
  return weightKinds.has(kind);
}

/**
 * What a manifest's JSON says. Source: ollama/ollama `server/manifest.go`; media types of
 * `server/images.go`. Throws FormatError.
 */
export function ollamaManifest(value: MetadataValue, file: string): OllamaManifest {
  const manifest = fieldsOf(value, file, 'an object');
  const { layers } = manifest;
  if (!isList(layers)) fail(file, 'a list of layers', layers);
  const all = 'config' in manifest ? [manifest.config, ...layers] : layers;
  const byDigest = new Map<string, OllamaLayer>();
  for (const one of all) {
    const layer = layerOf(one, file, one === manifest.config);
    if (layer !== undefined && !byDigest.has(layer.digest)) byDigest.set(layer.digest, layer);
  }
  return { layers: [...byDigest.values()] };
}

/** Undefined for the empty configuration that some manifests state. */
function layerOf(
  value: MetadataValue | undefined,
  file: string,
  isConfig: boolean,
): OllamaLayer | undefined {
  if (isConfig && (value === null || value === undefined)) return undefined;
  const { digest, mediaType, size } = fieldsOf(value, file, 'a layer');
  if (isConfig && (digest === '' || digest === undefined)) return undefined;
  const hex = typeof digest === 'string' ? digestPattern.exec(digest)?.[1] : undefined;
  if (hex === undefined) fail(file, 'a digest "sha256:" with 64 hex digits', digest);
  if (!isConfig && typeof mediaType !== 'string') fail(file, 'a media type', mediaType);
  const stated = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return {
    kind: isConfig ? 'config' : kindOf(String(mediaType)),
    digest: hex,
    size: stated ? size : undefined,
  };
}

function kindOf(mediaType: string): string {
  const [type = ''] = mediaType.split(';');
  return type.startsWith(prefix) ? type.slice(prefix.length).trim() : type.trim();
}

function fieldsOf(value: MetadataValue | undefined, file: string, expected: string): Fields {
  if (typeof value !== 'object' || value === null || isList(value)) fail(file, expected, value);
  return value;
}

function isList(value: MetadataValue | undefined): value is readonly MetadataValue[] {
  return Array.isArray(value);
}

function fail(file: string, expected: string, found: MetadataValue | undefined): never {
  const shown = found === undefined ? 'none' : quote(JSON.stringify(found).slice(0, 200));
  throw new FormatError(file, 0, expected, shown);
}

const DEFAULT_REGISTRY = 'registry.ollama.ai';
const DEFAULT_NAMESPACE = 'library';

/**
 * The name that people give Ollama, from a manifest's path below `manifests`:
 * `registry.ollama.ai/library/llama3/8b` → `llama3:8b`.
 */
export function ollamaName(path: readonly string[]): string {
  const tag = path.at(-1) ?? '';
  const [registry, namespace, ...rest] = path.slice(0, -1);
  if (path.length !== 4) return `${path.slice(0, -1).join('/')}:${tag}`;
  const host = registry === DEFAULT_REGISTRY ? [] : [registry];
  const owner = namespace === DEFAULT_NAMESPACE && host.length === 0 ? [] : [namespace];
  return `${[...host, ...owner, ...rest].join('/')}:${tag}`;
}
