import { useEffect, useRef, useState } from 'react';
import type { SimilarityThresholds, ThresholdCounts } from '../../../../../shared/domain';
import { type ClientError, call, subscribe, toClientError } from '../../../client';
import { createLatest, type Latest } from './latest';

const INTERVAL_MS = 100;

interface Counts {
  readonly data: ThresholdCounts | undefined;
  readonly error: ClientError | undefined;
}

/** What the thresholds would match, asked again as they move and when the engine knows more. */
export function useCounts(thresholds: SimilarityThresholds): Counts {
  const [counts, setCounts] = useState<Counts>({ data: undefined, error: undefined });
  const asker = useRef<Latest<SimilarityThresholds>>(undefined);
  const latest = useRef(thresholds);
  latest.current = thresholds;
  useEffect(() => {
    const made = createLatest({
      ask: (params: SimilarityThresholds) => call('similarity.counts', { thresholds: params }),
      onValue: (data) => setCounts({ data, error: undefined }),
      onError: (thrown) => setCounts(({ data }) => ({ data, error: toClientError(thrown) })),
      interval: INTERVAL_MS,
    });
    asker.current = made;
    const end = subscribe('similarity.changed', () => made.ask(latest.current));
    return () => {
      end();
      made.end();
    };
  }, []);
  useEffect(() => asker.current?.ask(thresholds), [thresholds]);
  return counts;
}
