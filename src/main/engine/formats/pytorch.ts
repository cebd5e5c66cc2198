import { FormatError } from './errors';
import { readPickle } from './pickle';
import { codeHeader, type PytorchHeader, unreadHeader } from './pytorch-header';
import { isLegacy, readLegacy } from './pytorch-legacy';
import { readPytorchZip } from './pytorch-zip';
import type { ByteSource, Reader } from './reader';
import { extension } from './text';
import { readZip, type ZipArchive } from './zip';
import { looksLikeZip } from './zip-end';

/** Extensions that nothing but PyTorch uses for its archives. */
const torchExtensions: ReadonlySet<string> = new Set(['.pt', '.pth', '.ckpt', '.jit', '.ptl']);
/** Extensions of bare pickles, PyTorch's own among them. */
const pickleExtensions: ReadonlySet<string> = new Set([
  ...torchExtensions,
  '.pkl',
  '.pickle',
  '.bin',
  '.th',
]);
const TAR_MARK_AT = 257;

/**
 * Reader of PyTorch files: archives of torch.save and torch.jit.save, and the stream of versions
 * before 1.6. Pickles are read as data: nothing in them is resolved or called. A file whose pickle
 * asks for more is given back as `opaque`, with what it asks for. Throws FormatError.
 */
export const pytorchReader: Reader = { format: 'pytorch', read: readPytorch };

export function readPytorch(source: ByteSource): PytorchHeader | undefined {
  const ending = extension(source.path);
  if (looksLikeZip(source)) return readArchive(source, ending);
  if (isLegacy(source)) return readLegacy(source);
  if (!pickleExtensions.has(ending)) return undefined;
  return readOther(source, ending) ?? readArchive(source, ending);
}

/** `undefined`: no zip, or one of something else. A zip with junk before it is refused. */
function readArchive(source: ByteSource, ending: string): PytorchHeader | undefined {
  const zip = ownZip(source, ending);
  if (zip === undefined) return undefined;
  const header = readPytorchZip(source, zip);
  if (header !== undefined || !torchExtensions.has(ending)) return header;
  const found = `a zip archive of ${zip.entries.length} members without it`;
  throw new FormatError(source.path, 0, 'a data.pkl in a folder', found);
}

/** A zip of another program may be what \`readZip\` refuses: not for this reader to report. */
function ownZip(source: ByteSource, ending: string): ZipArchive | undefined {
  try {
    return readZip(source);
  } catch (error) {
    const foreign = ending !== '' && !pickleExtensions.has(ending);
    if (error instanceof FormatError && foreign) return undefined;
    throw error;
  }
}

/** A tar archive of PyTorch 0.1, or a pickle that torch.save did not write. */
function readOther(source: ByteSource, ending: string): PytorchHeader | undefined {
  const head = source.read(0, Math.min(source.size, TAR_MARK_AT + 5));
  if (Buffer.from(head.subarray(TAR_MARK_AT)).toString('latin1') === 'ustar') {
    return unreadHeader('PyTorch archive of before version 0.2 (tar): not read.');
  }
  if (head[0] !== 0x80 || (head[1] ?? 0) < 2 || (head[1] ?? 0) > 5) return undefined;
  try {
    const result = readPickle(source, { start: 0, end: source.size });
    if (result.kind === 'code') return codeHeader(result, []);
    return unreadHeader('Python pickle that PyTorch did not write: its values are not read.');
  } catch (error) {
    // A file named .bin may begin like a pickle by chance.
    if (error instanceof FormatError && ending === '.bin') return undefined;
    throw error;
  }
}
