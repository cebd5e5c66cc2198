import type { EngineAccess } from '../session/engine-access';
import type { MainWindow } from '../windows/main-window';
import { taskbarProgress } from '../windows/taskbar';
import type { SendEvent } from './setup';

/** Events that say only that something must be read again. */
const bare = [
  'sources.changed',
  'models.changed',
  'problems.changed',
  'similarity.changed',
] as const;

/** Passes the engine's events on to the window, and the jobs' progress to the taskbar. */
export function forwardEngineEvents(
  engine: EngineAccess,
  send: SendEvent,
  window: MainWindow,
): void {
  for (const name of bare) engine.on(name, () => send(name, null));
  engine.on('jobs.changed', (jobs) => {
    send('jobs.changed', jobs);
    const { fraction, mode } = taskbarProgress(jobs);
    window.current()?.setProgressBar(fraction, { mode });
  });
}
