import { basename, join, relative, sep } from 'node:path';
import type { MetadataValue } from '../../../shared/domain';
import { FormatError } from '../formats/errors';
import { parseJsonValue } from '../formats/json-value';
import { clipText, recordOf } from '../formats/text';
import { type ReadWeights, readSmallFile, readWeights } from './assemble';
import {
  blobDigest,
  holdsWeights,
  type OllamaLayer,
  type OllamaManifest,
  ollamaManifest,
  ollamaName,
  partialDigest,
} from './ollama-manifest';
import { takeOrphan } from './orphans';
import { STORE_KEY } from './places';
import { malformed, partialDownload } from './problems';
import { countFiles, emit, type Search } from './search';
import { missingBlobs, wrongSize } from './store-problems';
import { claim } from './take';
import { allocatedBytes, type FoundFile, type Listing, listFolder } from './walk';

/** Real manifests have about 1 KB; one with a layer per tensor has some 100 KB. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Templates and parameters; licences may be longer and are then only files. */
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_MANIFEST_DEPTH = 8;

const textKinds: ReadonlySet<string> = new Set(['template', 'system', 'prompt', 'license']);
const jsonKinds: ReadonlySet<string> = new Set(['config', 'params', 'messages']);

/** An Ollama store that is being read. */
interface Store {
  readonly search: Search;
  /** Holds `blobs` and `manifests`. */
  readonly folder: string;
  readonly blobs: ReadonlyMap<string, FoundFile>;
  readonly listing: Listing;
  /** Bytes that are there of unfinished downloads, by digest. */
  readonly partial: ReadonlyMap<string, number>;
  readonly used: Set<string>;
  /** Headers by digest: tags share blobs. */
  readonly headers: Map<string, ReadWeights | undefined>;
  readonly texts: Map<string, MetadataValue | undefined>;
  /** Manifests that could not be read. */
  broken: number;
}

/** Whether a folder may be a store of Ollama: it holds `manifests` and `blobs`. */
export function isOllamaStore(listing: Listing): boolean {
  const names = listing.folders.map((folder) => basename(folder));
  return names.includes('manifests') && names.includes('blobs');
}

/**
 * Takes an Ollama store: one model per manifest (`name:tag`), unfinished downloads, and the blobs
 * that no manifest names. Returns what is left to look at.
 * Source: ollama/ollama, `manifest/paths.go` and `server/images.go`.
 */
export async function takeOllama(search: Search, listing: Listing): Promise<Listing> {
  const { folder } = listing;
  const late: Parameters<Search['report']>[0][] = [];
  const blobs = await listFolder(
    join(folder, 'blobs'),
    search.roots,
    (p) => late.push(p),
    search.pacer,
  );
  const manifests = await manifestFiles(search, join(folder, 'manifests'), (p) => late.push(p));
  if (search.pacer.aborted || !isStore(blobs, manifests, folder)) return listing;
  for (const problem of late) search.report(problem);
  countFiles(search, [...blobs.files, ...manifests]);
  const store = newStore(search, folder, blobs);
  for (const file of manifests) {
    if (!(await search.pacer.next())) return listing;
    await takeManifest(store, file);
  }
  reportPartial(store);
  await takeOrphans(store);
  const others = blobs.files.filter(
    ({ name }) => blobDigest(name) === undefined && partialDigest(name) === undefined,
  );
  return {
    ...listing,
    files: [...listing.files, ...others],
    folders: [...restOf(listing), ...blobs.folders],
  };
}

function restOf({ folders }: Listing): string[] {
  return folders.filter((path) => !['blobs', 'manifests'].includes(basename(path)));
}

function isStore(blobs: Listing, manifests: readonly FoundFile[], folder: string): boolean {
  const isBlob = ({ name }: FoundFile) => (blobDigest(name) ?? partialDigest(name)) !== undefined;
  if (blobs.files.some(isBlob)) return true;
  return manifests.some((file) => {
    const path = pathBelow(folder, file);
    return path.length === 4 && (path[0] ?? '').includes('.');
  });
}

/** Every file below `manifests`: a manifest, wherever it lies, as what it names is no orphan. */
async function manifestFiles(
  search: Search,
  root: string,
  report: Search['report'],
): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const pending = [{ folder: root, depth: 0 }];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const listing = await listFolder(one.folder, search.roots, report, search.pacer);
    for (const file of listing.files) if (!file.name.startsWith('.')) files.push(file);
    const depth = one.depth + 1;
    if (depth > MAX_MANIFEST_DEPTH) continue;
    for (const folder of listing.folders.toReversed()) pending.push({ folder, depth });
  }
  return files;
}

function pathBelow(folder: string, file: FoundFile): string[] {
  return relative(join(folder, 'manifests'), file.path).split(sep);
}

function newStore(search: Search, folder: string, listing: Listing): Store {
  const blobs = new Map<string, FoundFile>();
  const partial = new Map<string, number>();
  for (const file of listing.files) {
    const digest = blobDigest(file.name);
    if (digest !== undefined && !blobs.has(digest)) blobs.set(digest, file);
    const unfinished = partialDigest(file.name);
    if (unfinished === undefined) continue;
    const bytes = allocatedBytes(file.path, file.stamp.size);
    partial.set(unfinished, (partial.get(unfinished) ?? 0) + bytes);
  }
  return {
    search,
    folder,
    blobs,
    listing,
    partial,
    used: new Set(),
    headers: new Map(),
    texts: new Map(),
    broken: 0,
  };
}

async function takeManifest(store: Store, file: FoundFile): Promise<void> {
  const manifest = readManifest(store, file);
  if (manifest === undefined) {
    store.broken += 1;
    return;
  }
  const name = ollamaName(pathBelow(store.folder, file));
  for (const { digest } of manifest.layers) store.used.add(digest);
  checkLayers(store, manifest, name);
  const weights: ReadWeights[] = [];
  const sidecars = [file];
  for (const layer of manifest.layers) {
    const blob = store.blobs.get(layer.digest);
    if (blob === undefined) continue;
    if (!holdsWeights(layer)) sidecars.push(blob);
    else {
      if (!(await store.search.pacer.next())) return;
      const one = headerOf(store, layer.digest, blob);
      if (one !== undefined) weights.push(one);
    }
  }
  if (weights.length === 0) return;
  emit(store.search, {
    name,
    folder: store.folder,
    location: file.path,
    kind: 'folder',
    weights,
    sidecars,
    metadata: metadataOf(store, manifest, name),
  });
}

/** Undefined, and reported, when the manifest is broken. */
function readManifest(store: Store, file: FoundFile): OllamaManifest | undefined {
  const report: Search['report'] = (problem) =>
    store.search.report(
      problem.kind === 'malformed' ? { ...problem, hint: brokenManifestHint } : problem,
    );
  const { size } = file.stamp;
  if (size > MAX_MANIFEST_BYTES) {
    const expected = `a manifest of at most ${MAX_MANIFEST_BYTES} bytes`;
    report(malformed(new FormatError(file.path, 0, expected, `${size} bytes`)));
    return undefined;
  }
  return readSmallFile(file, MAX_MANIFEST_BYTES, report, (bytes) =>
    ollamaManifest(parseJsonValue(bytes, file.path), file.path),
  );
}

const brokenManifestHint =
  'Pull this model again; blobs that only this manifest names show as orphans until then.';

/** Findings about the blobs that one manifest names. */
function checkLayers(store: Store, { layers }: OllamaManifest, name: string): void {
  const missing = layers.filter(({ digest }) => !store.blobs.has(digest));
  const [first] = missing;
  if (first !== undefined) {
    const path = join(store.folder, 'blobs', `sha256-${first.digest}`);
    const digests = missing.map(({ digest }) => digest);
    const instead = insteadOf(store, first);
    store.search.report(missingBlobs(path, digests, layers.length, name, instead));
  }
  for (const { digest, size } of layers) {
    const blob = store.blobs.get(digest);
    if (blob === undefined || size === undefined || size === blob.stamp.size) continue;
    store.search.report(wrongSize(blob.path, size, blob.stamp.size, name));
  }
}

function insteadOf(store: Store, { digest }: OllamaLayer): string | undefined {
  if (store.partial.has(digest)) return 'a download that was not finished';
  const { others } = store.listing;
  return others.get(`sha256-${digest}`) ?? others.get(`sha256:${digest}`);
}

function headerOf(store: Store, digest: string, blob: FoundFile): ReadWeights | undefined {
  if (store.headers.has(digest)) return store.headers.get(digest);
  const weights = readWeights(blob, store.search.roots, store.search.report);
  if (weights !== undefined) claim(store.search, weights);
  store.headers.set(digest, weights);
  return weights;
}

/** Where the model is from, and its template, parameters and licence, as the manifest names them. */
function metadataOf(
  store: Store,
  { layers }: OllamaManifest,
  name: string,
): Record<string, MetadataValue> {
  const all = new Map<string, MetadataValue[]>();
  for (const layer of layers) {
    const value = textOf(store, layer);
    if (value !== undefined) all.set(layer.kind, [...(all.get(layer.kind) ?? []), value]);
  }
  const texts = [...all].map(([kind, values]): [string, MetadataValue] => [
    `ollama.${kind}`,
    values.length === 1 ? (values[0] ?? null) : values,
  ]);
  return { ...recordOf(texts), [STORE_KEY]: { kind: 'Ollama', repository: name } };
}

function textOf(store: Store, { kind, digest }: OllamaLayer): MetadataValue | undefined {
  if (!textKinds.has(kind) && !jsonKinds.has(kind)) return undefined;
  const key = `${kind} ${digest}`;
  if (store.texts.has(key)) return store.texts.get(key);
  const blob = store.blobs.get(digest);
  const value =
    blob === undefined
      ? undefined
      : readSmallFile(blob, MAX_TEXT_BYTES, store.search.report, (bytes) =>
          jsonKinds.has(kind)
            ? parseJsonValue(bytes, blob.path)
            : clipText(Buffer.from(bytes).toString('utf8')),
        );
  store.texts.set(key, value);
  return value;
}

/** One finding per download, whatever the number of its parts. */
function reportPartial(store: Store): void {
  const byDigest = new Map<string, string>();
  for (const { name, path } of store.listing.files) {
    const digest = partialDigest(name);
    if (digest !== undefined && !byDigest.has(digest)) byDigest.set(digest, path);
  }
  for (const [digest, path] of byDigest) {
    store.search.report(partialDownload(path, store.partial.get(digest) ?? 0));
  }
}

async function takeOrphans(store: Store): Promise<void> {
  const { search, folder, broken } = store;
  const plural = broken === 1 ? 'One manifest' : `${broken} manifests`;
  const caution =
    broken === 0
      ? {}
      : { caution: `${plural} could not be read and may name it: repair that before deleting it.` };
  for (const [digest, file] of store.blobs) {
    if (!(await search.pacer.next())) return;
    if (store.used.has(digest) || search.claimed.has(file.realPath)) continue;
    const why =
      broken === 0
        ? 'No manifest names this blob.'
        : 'No manifest that can be read names this blob.';
    takeOrphan(search, { file, digest, folder, store: 'Ollama', why, ...caution });
  }
}
