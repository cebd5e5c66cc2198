import { useCallback, useEffect, useRef, useState } from 'react';
import type { SimilarityThresholds } from '../../../../../shared/domain';
import { useSettings } from '../../../state/settings';
import { type ThresholdKey, thresholdKeys, withThreshold } from './scale';

/** A held arrow key moves a slider thirty times a second; the settings are written once. */
const QUIET_MS = 200;

export interface Draft {
  /** As the sliders stand. */
  readonly thresholds: SimilarityThresholds;
  /** While a slider moves. */
  move(key: ThresholdKey, score: number): void;
  /** It has come to rest: makes what stands the setting. */
  apply(): void;
  set(thresholds: SimilarityThresholds): void;
}

/** The thresholds while they are moved; what is not applied yet is applied when this goes away. */
export function useDraft(): Draft {
  const stored = useSettings((settings) => settings.thresholds);
  const [thresholds, show] = useState(stored);
  const latest = useRef(thresholds);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const put = useCallback((next: SimilarityThresholds) => {
    latest.current = next;
    show(next);
  }, []);
  const save = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const now = latest.current;
    const { thresholds: before, change } = useSettings.getState();
    if (!same(now, before)) void change({ thresholds: now });
  }, []);
  useEffect(() => {
    // Changed elsewhere, or refused by the main process.
    if (timer.current === undefined && !same(stored, latest.current)) put(stored);
  }, [stored, put]);
  useEffect(
    () => () => {
      if (timer.current !== undefined) save();
    },
    [save],
  );
  return {
    thresholds,
    move: (key, score) => put(withThreshold(latest.current, key, score)),
    apply: () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(save, QUIET_MS);
    },
    set: (next) => {
      put(next);
      save();
    },
  };
}

const same = (a: SimilarityThresholds, b: SimilarityThresholds): boolean =>
  thresholdKeys.every((key) => a[key] === b[key]);
