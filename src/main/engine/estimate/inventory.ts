import { fileAt, physicalKey } from '../jobs/work';
import type { FileAt } from '../kernels/messages';
import type { ByteRange, TensorTarget } from '../kernels/targets';
import type { FilePieces } from '../sharing/pieces';
import type { Member } from '../similarity/members';

/** One distinct content of the open models: a tensor, or bytes between tensors. */
export interface Content {
  /** Position in `Inventory.files`. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  /** Bytes of its fragments that no earlier content has: what it adds to the library, raw. */
  readonly novelBytes: number;
  /** Those fragments, in file order. */
  readonly novel: readonly ByteRange[];
  /** Undefined: stored as bytes. */
  readonly target: TensorTarget | undefined;
  /** Number of its signature; -1: none. */
  readonly signed: number;
  /** A tensor that the file holds as a deflate stream: compressed already. */
  readonly deflated: boolean;
}

/** What a library has to hold, exact repeats left out. */
export interface Inventory {
  readonly files: readonly FileAt[];
  readonly contents: readonly Content[];
  readonly logicalBytes: number;
  /** logicalBytes minus the novel bytes of all contents. */
  readonly exactBytes: number;
  readonly models: number;
  readonly tensors: number;
}

export interface InventorySource {
  readonly members: readonly Member[];
  /** By `FileWork.key`; all files of the members are fingerprinted. */
  readonly piecesOf: (key: string) => FilePieces | undefined;
  /** Of PieceStore. */
  readonly forEachFragment: (
    file: FilePieces,
    visit: (fragment: number, bytes: number) => void,
  ) => void;
}

/** Throws Error where a member's file has no pieces: it was not fingerprinted. */
export function inventoryOf({ members, piecesOf, forEachFragment }: InventorySource): Inventory {
  const files: FileAt[] = [];
  const contents: Content[] = [];
  const seenFiles = new Set<string>();
  const seenSegments = new Set<number>();
  const seenFragments = new Set<number>();
  for (const member of members) {
    for (const [at, work] of member.work.files.entries()) {
      const physical = physicalKey(work.file);
      if (seenFiles.has(physical)) continue;
      seenFiles.add(physical);
      const pieces = piecesOf(work.key);
      if (pieces === undefined) throw new Error(`${work.file.realPath} is not fingerprinted`);
      const tensors = tensorsOf(member, at);
      for (const [segment, digest] of pieces.segments.entries()) {
        if (seenSegments.has(digest)) continue;
        seenSegments.add(digest);
        const offset = work.plan.offsets[segment] ?? 0;
        const length = work.plan.lengths[segment] ?? 0;
        const novel: ByteRange[] = [];
        let place = offset;
        forEachFragment({ ...pieces, segments: Int32Array.of(digest) }, (fragment, bytes) => {
          if (!seenFragments.has(fragment)) novel.push({ offset: place, length: bytes });
          seenFragments.add(fragment);
          place += bytes;
        });
        const novelBytes = novel.reduce((sum, range) => sum + range.length, 0);
        const tensor = tensors.get(`${offset}:${length}`) ?? noTensor;
        contents.push({ file: files.length, offset, length, novelBytes, novel, ...tensor });
      }
      files.push(fileAt(work));
    }
  }
  const logicalBytes = files.reduce((sum, file) => sum + file.expected.size, 0);
  const unique = contents.reduce((sum, content) => sum + content.novelBytes, 0);
  const tensors = members.reduce((sum, { model }) => sum + model.tensors.length, 0);
  const exactBytes = logicalBytes - unique;
  return { files, contents, logicalBytes, exactBytes, models: members.length, tensors };
}

type Signed = Pick<Content, 'target' | 'signed' | 'deflated'>;

const noTensor: Signed = { target: undefined, signed: -1, deflated: false };

/**
 * Deflated tensors are left out: a library must rebuild the deflate stream bit for bit, so it
 * stores them as bytes.
 */
function tensorsOf({ model, similar, targets }: Member, file: number): Map<string, Signed> {
  const found = new Map<string, Signed>();
  for (const [at, tensor] of model.tensors.entries()) {
    const target = targets[at];
    if (tensor.file !== file || target === undefined) continue;
    const key = `${tensor.offset}:${tensor.byteLength}`;
    const signed = similar.tensors[at]?.signed ?? -1;
    if (found.has(key)) continue;
    const deflated = target.inflate !== undefined;
    found.set(key, deflated ? { ...noTensor, deflated } : { target, signed, deflated });
  }
  return found;
}
