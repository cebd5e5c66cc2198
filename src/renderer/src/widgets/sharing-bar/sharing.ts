import { formatShare } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';

/** A model's bytes as parts of its logical size; they add up to 1. */
export interface SharingParts {
  readonly shared: number;
  /** Repeats inside the model itself. */
  readonly repeated: number;
  readonly exclusive: number;
}

type Measured = Pick<ModelSummary, 'logicalBytes' | 'bytes' | 'analysis'>;

/** Undefined until the model is fingerprinted: an unknown share is never shown as none. */
export function sharingParts(model: Measured): SharingParts | undefined {
  if (model.analysis !== 'done' || !model.bytes) return undefined;
  const { logicalBytes, sharedBytes, exclusiveBytes } = model.bytes;
  if (logicalBytes <= 0) return { shared: 0, repeated: 0, exclusive: 0 };
  const shared = Math.min(1, sharedBytes / logicalBytes);
  const exclusive = Math.min(1 - shared, exclusiveBytes / logicalBytes);
  return { shared, exclusive, repeated: Math.max(0, 1 - shared - exclusive) };
}

export function sharingText(model: Measured): string {
  if (model.analysis === 'failed') return 'could not be read';
  if (model.analysis === 'running') return 'being fingerprinted';
  const parts = sharingParts(model);
  if (!parts) return 'pending';
  const pieces = [`${formatShare(parts.shared, 1)} shared with other models`];
  if (parts.repeated > 0) pieces.push(`${formatShare(parts.repeated, 1)} repeated inside`);
  pieces.push(`${formatShare(parts.exclusive, 1)} only here`);
  return pieces.join(', ');
}
