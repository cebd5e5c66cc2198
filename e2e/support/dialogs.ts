/** Answers the system's dialogs, which no test can click. */
import type { ElectronApplication } from '@playwright/test';

/** Every Open dialog from now on returns these paths; none of them: it is cancelled. */
export const answerOpenDialog = (
  app: ElectronApplication,
  filePaths: readonly string[],
): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = (async () => ({
      canceled: chosen.length === 0,
      filePaths: [...chosen],
    })) as typeof dialog.showOpenDialog;
  }, filePaths);

/** Every Save dialog from now on returns this path. */
export const answerSaveDialog = (app: ElectronApplication, filePath: string): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = (async () => ({
      canceled: false,
      filePath: chosen,
    })) as typeof dialog.showSaveDialog;
  }, filePath);
