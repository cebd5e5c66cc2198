import type { Estimate, SavingsByCause } from '../../../shared/domain';
import { assignBases, type Option } from './assign';
import type { Inventory } from './inventory';

/** How content `tensor` follows from content `base`. `bytes` 0 and `cast`: by conversion alone. */
export interface ContentOption extends Option {
  readonly cast: boolean;
}

export interface Stored {
  readonly storedBytes: number;
  readonly savings: SavingsByCause;
}

/**
 * What an inventory weighs when each content is stored in its cheapest way. `alone[i]`: bytes of
 * content i's novel fragments stored alone. Whole bytes; savings add up to logical - stored.
 */
export function storedOf(
  { contents, logicalBytes, exactBytes }: Inventory,
  alone: Float64Array,
  options: readonly ContentOption[],
): Stored {
  const chosen = assignBases(alone, options) as (ContentOption | undefined)[];
  let cast = 0;
  let delta = 0;
  let stored = 0;
  for (const [at, { novelBytes }] of contents.entries()) {
    const option = chosen[at];
    const single = Math.min(alone[at] ?? novelBytes, novelBytes);
    const bytes = Math.min(option?.bytes ?? single, single);
    stored += bytes;
    if (option?.cast === true) cast += novelBytes - bytes;
    else delta += single - bytes;
  }
  return wholeBytes(logicalBytes, exactBytes, cast, delta, stored);
}

/** Rounds so that everything still adds up: compression is what the other causes leave. */
export function wholeBytes(
  logicalBytes: number,
  exactBytes: number,
  castBytes: number,
  deltaBytes: number,
  stored: number,
): Stored {
  const storedBytes = Math.min(logicalBytes, Math.max(0, Math.round(stored)));
  let left = logicalBytes - storedBytes;
  const take = (bytes: number): number => {
    const taken = Math.min(left, Math.max(0, Math.round(bytes)));
    left -= taken;
    return taken;
  };
  const exact = take(exactBytes);
  const cast = take(castBytes);
  const delta = take(deltaBytes);
  return { storedBytes, savings: { exact, cast, delta, compression: left } };
}

/** An estimate whose three sizes are equal. */
export function exactEstimate(
  inventory: Inventory,
  { storedBytes: bytes, savings }: Stored,
  basis: Pick<Estimate['basis'], 'kind' | 'bytesRead' | 'milliseconds' | 'sampledTensors'>,
): Estimate {
  const { logicalBytes, models, tensors } = inventory;
  const storedBytes = { low: bytes, expected: bytes, high: bytes };
  return { logicalBytes, storedBytes, savings, basis: { ...basis, models, tensors } };
}
