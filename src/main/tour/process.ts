import { app } from 'electron';
import { stopWithin } from '../launch/quit';
import type { Shell } from '../shell';

/** One pixel per pixel, nothing moving, no graphics card needed. Call before ready. */
export function setupTourSwitches(): void {
  app.disableHardwareAcceleration();
  app.commandLine.appendSwitch('force-device-scale-factor', '1');
  app.commandLine.appendSwitch('force-prefers-reduced-motion');
}

/** Runs the tour and ends the process: 0 with the summary on stdout, 1 with a sentence on stderr. */
export async function finishTour(shell: Shell, folder: string): Promise<void> {
  const code = await shell.tour(folder).then(
    (summary) => {
      process.stdout.write(summary);
      return 0;
    },
    (error: unknown) => {
      process.stderr.write(`The tour failed: ${error instanceof Error ? error.message : error}\n`);
      return 1;
    },
  );
  await stopWithin(shell.engine);
  app.exit(code);
}
