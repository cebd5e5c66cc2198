import type { Settings } from '../../shared/ipc';
import type { EngineAccess } from '../session/engine-access';
import { sameThresholds } from './visible';

/**
 * Tells the engine its thresholds when they change, and again when another engine takes the place of
 * one that died: that one knows only what the first was started with.
 */
export function keepEngineThresholds(
  engine: Pick<EngineAccess, 'call' | 'on'>,
  settings: () => Settings,
  onFailure: (error: unknown) => void,
): (now: Settings, before: Settings) => void {
  const tell = () => {
    const { thresholds } = settings();
    engine.call('similarity.thresholds', { thresholds }).catch(onFailure);
  };
  engine.on('engine.died', ({ restarted }) => {
    if (restarted) tell();
  });
  return (now, before) => {
    if (!sameThresholds(now.thresholds, before.thresholds)) tell();
  };
}
