import { app, BrowserWindow } from 'electron';

/** Longest wait for the engine's threads to end, in milliseconds. */
const stopTimeout = 10_000;

export interface Stoppable {
  readonly engine: { stop(): Promise<void> };
  show(): void;
}

/**
 * Quitting waits until the engine has closed its catalogue and ended its threads. On macOS the
 * application outlives its window and opens another one when it is activated.
 */
export function setupQuit({ engine, show }: Stoppable): void {
  let phase: 'running' | 'stopping' | 'stopped' = 'running';
  app.on('before-quit', (event) => {
    if (phase === 'stopped') return;
    event.preventDefault();
    if (phase === 'stopping') return;
    phase = 'stopping';
    for (const window of BrowserWindow.getAllWindows()) window.hide();
    void stopWithin(engine).then(() => {
      phase = 'stopped';
      app.quit();
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => show());
}

/** Resolves when the engine has stopped, or has had its time. */
export async function stopWithin(engine: Stoppable['engine']): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopTimeout);
  });
  const stopped = engine.stop().catch(() => undefined);
  await Promise.race([stopped, late]);
  clearTimeout(timer);
}
