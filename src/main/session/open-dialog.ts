import { type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import type { OpenOutcome } from '../../shared/ipc';
import type { Session } from './session';

const dialogs: Readonly<Record<'files' | 'folders', OpenDialogOptions>> = {
  files: {
    title: 'Open Model Files',
    buttonLabel: 'Open',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Models', extensions: ['safetensors', 'onnx', 'gguf', 'pt', 'pth', 'bin', 'npz'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  folders: {
    title: 'Open Model Folders',
    buttonLabel: 'Open',
    properties: ['openDirectory', 'multiSelections'],
  },
};

/** Lets the person choose files or folders and opens them. */
export async function openByDialog(
  session: Session,
  window: BrowserWindow | null,
  kind: 'files' | 'folders',
): Promise<OpenOutcome> {
  const options = dialogs[kind];
  const { canceled, filePaths } =
    window === null
      ? await dialog.showOpenDialog(options)
      : await dialog.showOpenDialog(window, options);
  if (canceled || filePaths.length === 0) return { opened: 0, cancelled: true };
  return { opened: await session.open(filePaths), cancelled: false };
}
