import path from 'node:path';
import { app, type BrowserWindow, dialog, type SaveDialogOptions } from 'electron';
import type { ModelId } from '../../shared/base';
import type { ExportOutcome } from '../../shared/ipc';
import { ioFailure } from '../ipc/failure';
import type { EngineAccess } from '../session/engine-access';
import type { SettingsStore } from '../settings/store';
import { writeAtomically } from './atomic-write';
import { manifestFileName } from './file-name';

export interface ExportParts {
  readonly engine: EngineAccess;
  readonly settings: SettingsStore;
  readonly window: BrowserWindow | null;
}

/**
 * Asks where to, then writes the model's manifest there, whole or not at all. The Save dialog has
 * asked before a file is replaced. Rejects with `not-ready` before the dialog, with `io` after it.
 */
export async function exportManifest(parts: ExportParts, modelId: ModelId): Promise<ExportOutcome> {
  const { engine, settings, window } = parts;
  const { text, manifest } = await engine.call('manifest.build', { modelId });
  const folder = settings.get().exportFolder ?? app.getPath('documents');
  const options: SaveDialogOptions = {
    title: 'Export Manifest',
    buttonLabel: 'Export',
    defaultPath: path.join(folder, manifestFileName(manifest.model.name)),
    filters: [
      { name: 'Tessera manifest', extensions: ['json'] },
      { name: 'All files', extensions: ['*'] },
    ],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  };
  const { canceled, filePath } =
    window === null
      ? await dialog.showSaveDialog(options)
      : await dialog.showSaveDialog(window, options);
  if (canceled || filePath === '') return { saved: false };
  try {
    await writeAtomically(filePath, text);
  } catch (error) {
    throw ioFailure('write', filePath, error);
  }
  settings.update({ exportFolder: path.dirname(filePath) });
  return { saved: true, path: filePath, bytes: Buffer.byteLength(text) };
}
