import type { MetadataValue } from '../../../shared/domain';
import { FormatError } from './errors';
import { atMember, type PytorchArchive, readMember, record } from './pytorch-archive';
import {
  codeHeader,
  type PytorchHeader,
  type StoragePlace,
  tensorHeader,
  unreadHeader,
} from './pytorch-header';
import { type FoundTensor, TensorWalk } from './pytorch-walk';
import type { ByteSource } from './reader';
import { quote } from './text';
import { isTorchScript, readConstants } from './torchscript';
import type { ZipArchive, ZipEntry } from './zip';

/**
 * Reads an archive of torch.save or torch.jit.save. `undefined`: a zip that is none (it has no
 * `data.pkl`). Throws FormatError. Source: torch/serialization.py and
 * caffe2/serialize/inline_container.h of PyTorch.
 */
export function readPytorchZip(source: ByteSource, zip: ZipArchive): PytorchHeader | undefined {
  const pickles = zip.entries.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle, second] = pickles;
  if (pickle === undefined) {
    const early = zip.entries.some(({ name }) => /^[^/]+\/model\.json$/.test(name));
    if (!early) return undefined;
    return unreadHeader('TorchScript archive of before PyTorch 1.4 (model.json): not read.');
  }
  if (second !== undefined) {
    throw new FormatError(source.path, second.at, 'one data.pkl', `${quote(second.name)}, too`);
  }
  const prefix = pickle.name.slice(0, pickle.name.indexOf('/') + 1);
  const stray = zip.entries.find(({ name }) => !name.startsWith(prefix));
  if (stray !== undefined) {
    const expected = `members in the folder ${quote(prefix)}`;
    throw new FormatError(source.path, stray.at, expected, quote(stray.name));
  }
  const archive = { source, zip, prefix };
  if (zip.byName.has(`${prefix}.data/extern_modules`)) {
    return unreadHeader('PyTorch package (torch.package): holds code, not read.');
  }
  return atMember(pickle, () => readArchive(archive, pickle));
}

function readArchive(archive: PytorchArchive, pickle: ZipEntry): PytorchHeader {
  const { source } = archive;
  const torchscript = isTorchScript(archive);
  const littleEndian = byteOrder(archive);
  const version = record(archive, 'version');
  const walk = new TensorWalk(source.path);
  const constants = torchscript ? readConstants(archive, walk) : undefined;
  if (constants?.kind === 'code') return codeHeader(constants, []);
  const storedConstants = walk.tensors.length;
  const data = readMember(archive, pickle, torchscript);
  const before = constants?.requested ?? [];
  if (data.kind === 'code') return codeHeader(data, before);
  walk.values.clear();
  walk.walk(data.value, '', pickle.dataOffset);
  const places = new StoragePlaces(archive);
  let index = 0;
  return tensorHeader(
    walk,
    {
      ...(version === undefined ? {} : { version }),
      littleEndian,
      requested: [...new Set([...before, ...data.requested])],
      metadata: containerMetadata(archive, torchscript),
    },
    (found) => {
      const folder = index < storedConstants ? 'constants' : 'data';
      index += 1;
      return places.locate(found, folder);
    },
  );
}

/** Storages of an archive by folder and key, each checked once against its member. */
class StoragePlaces {
  private readonly sizes = new Map<string, number>();

  constructor(private readonly archive: PytorchArchive) {}

  locate({ tensor }: FoundTensor, folder: 'data' | 'constants'): StoragePlace {
    const { source, zip, prefix } = this.archive;
    const { key, type, elements, at } = tensor.storage;
    const name = `${prefix}${folder}/${key}`;
    const entry = zip.byName.get(name);
    if (entry === undefined) {
      throw new FormatError(source.path, at, `the storage ${quote(name)}`, 'no such member');
    }
    const size = elements * type.bytes;
    const known = this.sizes.get(name);
    if (entry.size !== size || (known !== undefined && known !== size)) {
      const found = `${entry.size} in ${quote(name)}`;
      throw new FormatError(source.path, at, `a storage of ${size} bytes`, found);
    }
    this.sizes.set(name, size);
    const coded = entry.method !== 'stored';
    return { offset: entry.dataOffset, length: entry.compressedSize, coded };
  }
}

/** Whether elements are little-endian, as archives without the record are. */
function byteOrder(archive: PytorchArchive): boolean {
  const order = record(archive, 'byteorder') ?? 'little';
  if (order === 'little' || order === 'big') return order === 'little';
  const entry = archive.zip.byName.get(`${archive.prefix}byteorder`);
  const found = quote(order);
  throw new FormatError(archive.source.path, entry?.dataOffset ?? 0, 'little or big', found);
}

function containerMetadata(
  archive: PytorchArchive,
  torchscript: boolean,
): Map<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  metadata.set('container', torchscript ? 'TorchScript archive' : 'PyTorch archive');
  metadata.set('archiveName', archive.prefix.slice(0, -1));
  metadata.set('members', archive.zip.entries.length);
  const deflated = archive.zip.entries.filter(({ method }) => method === 'deflate').length;
  if (deflated > 0) metadata.set('deflatedMembers', deflated);
  for (const name of ['.format_version', '.storage_alignment', '.data/serialization_id']) {
    const text = record(archive, name);
    if (text !== undefined) metadata.set(name.replace(/^\.(data\/)?/, ''), text);
  }
  return metadata;
}
