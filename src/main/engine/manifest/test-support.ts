/** Models and manifests for tests: real files, read and fingerprinted without the engine's jobs. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import type { ModelId } from '../../../shared/base';
import type { Manifest, MetadataValue } from '../../../shared/domain';
import { planSegments, rowBytesOf } from '../fragments/plan';
import { viewsOf } from '../fragments/views';
import type { Chunker } from '../kernels/chunker';
import { createFingerprinter } from '../kernels/fingerprint';
import type { Model, ModelFile, ModelTensor } from '../model/model';
import { buildManifest, type ManifestFileInput, type ManifestInput } from './build';

/** Ends a chunk every 100,000 bytes; where the cuts lie does not matter to a manifest. */
function fixedChunker(): Chunker {
  let open = 0;
  return {
    reset: () => {
      open = 0;
    },
    next: (bytes) => {
      const missing = 100_000 - open;
      open = bytes.length >= missing ? 0 : open + bytes.length;
      return bytes.length >= missing ? missing : 0;
    },
  };
}

export type MadeTensor = Omit<ModelTensor, 'encoding'>;

/** A model over files that lie in `folder`; tensors of safetensors files are read from them. */
export async function modelInput(
  folder: string,
  paths: readonly string[],
  extra: readonly MadeTensor[] = [],
  metadata: Readonly<Record<string, MetadataValue>> = {},
): Promise<ManifestInput> {
  const contents = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  const tensors = contents
    .flatMap((bytes, file) =>
      paths[file]?.endsWith('.safetensors') ? headerTensors(bytes, file) : [],
    )
    .concat(extra.map((tensor) => ({ ...tensor, encoding: 'raw' as const })));
  const files = await Promise.all(paths.map((path) => modelFile(folder, path)));
  const model: Model = {
    id: '0000000000000000' as ModelId,
    name: basename(folder),
    folder,
    kind: 'folder',
    format: 'safetensors',
    files,
    tensors,
    metadata,
  };
  const inputs = contents.map((bytes, file) =>
    fingerprinted(
      bytes,
      tensors.filter((tensor) => tensor.file === file),
    ),
  );
  return { model, files: inputs };
}

async function modelFile(folder: string, path: string): Promise<ModelFile> {
  const { size, mtimeNs, ino, dev } = await stat(join(folder, path), { bigint: true });
  const isWeights = path.endsWith('.safetensors') || path.endsWith('.bin');
  return {
    realPath: join(folder, path),
    path,
    role: isWeights ? 'weights' : 'sidecar',
    format: path.endsWith('.safetensors') ? 'safetensors' : 'opaque',
    stamp: { size: Number(size), mtimeNs, inode: ino, device: dev },
  };
}

function headerTensors(bytes: Buffer, file: number): ModelTensor[] {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => ({
        name,
        dtype,
        shape,
        file,
        offset: 8 + length + begin,
        byteLength: end - begin,
        encoding: 'raw',
      }),
    );
}

function fingerprinted(bytes: Buffer, tensors: readonly ModelTensor[]): ManifestFileInput {
  const ranges = tensors.map(({ offset, byteLength, shape }) => ({
    offset,
    length: byteLength,
    rowBytes: rowBytesOf(shape, byteLength),
  }));
  const plan = planSegments(bytes.length, ranges);
  const fingerprinter = createFingerprinter(plan, fixedChunker());
  for (let at = 0; at < bytes.length; ) {
    const window = bytes.subarray(at, at + fingerprinter.wanted(1 << 20));
    fingerprinter.update(window);
    at += window.length;
  }
  const views = viewsOf(plan, ranges);
  const viewHashes = Buffer.concat(
    views.map(({ offset, length }) =>
      new Blake3Hasher().update(bytes.subarray(offset, offset + length)).digestBuffer(),
    ),
  );
  return { plan, views, fingerprint: fingerprinter.finish(), viewHashes };
}

/** A small model with a tied tensor, overlapping ones, an empty one, a gap and a sidecar. */
export async function writeOddModel(folder: string): Promise<Manifest> {
  await put(
    folder,
    'weights/part.bin',
    Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251)),
  );
  await put(folder, 'config.json', Buffer.from('{"hidden_size": 8}\n'));
  await put(folder, 'empty.txt', Buffer.alloc(0));
  const tensor = (name: string, offset: number, byteLength: number): MadeTensor => ({
    name,
    dtype: 'U8',
    shape: [byteLength],
    file: 2,
    offset,
    byteLength,
  });
  const input = await modelInput(
    folder,
    ['config.json', 'empty.txt', 'weights/part.bin'],
    [
      tensor('lm_head.weight', 100, 1000),
      tensor('embed.weight', 100, 1000),
      tensor('slice.weight', 600, 700),
      tensor('nothing.weight', 3000, 0),
      tensor('blocks.1.norm.weight', 4000, 500),
    ],
  );
  return buildManifest(input);
}

async function put(folder: string, path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}
