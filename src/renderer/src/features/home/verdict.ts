import { formatShare } from '../../../../shared/base';
import type { Totals } from '../../../../shared/domain';

/** What everything open amounts to, in one sentence; honest when there is nothing to save. */
export function savingsVerdict(totals: Totals, bytes: (count: number) => string): string {
  if (totals.models === 0) return 'No models found yet.';
  const read = totals.fingerprintedBytes;
  if (read === 0) {
    return `${bytes(totals.logicalBytes)} on disk. What is shared shows as soon as it is read.`;
  }
  const saved = read - totals.uniqueBytes;
  const of = totals.pendingModels > 0 ? `the ${bytes(read)} read so far` : bytes(read);
  if (saved <= 0) return `Nothing in ${of} is stored twice: there is nothing to save by sharing.`;
  return `Storing identical bytes once would save ${bytes(saved)} of ${of}, ${formatShare(saved, read)}.`;
}
