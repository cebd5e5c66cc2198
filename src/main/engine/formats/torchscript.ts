import type { PickleResult } from './pickle';
import { atMember, type PytorchArchive, readMember } from './pytorch-archive';
import type { TensorWalk } from './pytorch-walk';

/**
 * Whether an archive is one of torch.jit.save: it has constants, and its classes are its own code.
 * Source: torch/csrc/jit/serialization/export_module.cpp of PyTorch.
 */
export function isTorchScript({ zip, prefix }: PytorchArchive): boolean {
  return zip.byName.has(`${prefix}constants.pkl`);
}

/**
 * Walks the constants of an archive: a tuple, whose tensors are named `constants.0` … and lie in the
 * folder `constants`. Throws FormatError.
 */
export function readConstants(archive: PytorchArchive, walk: TensorWalk): PickleResult | undefined {
  const entry = archive.zip.byName.get(`${archive.prefix}constants.pkl`);
  if (entry === undefined) return undefined;
  return atMember(entry, () => {
    const result = readMember(archive, entry, true);
    if (result.kind === 'value') walk.walk(result.value, 'constants', entry.dataOffset);
    return result;
  });
}
