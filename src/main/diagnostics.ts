import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { app, clipboard, dialog } from 'electron';
import type { AppInfo } from '../shared/ipc';

/** Version in the application's own package.json. */
export function readVersion(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const isRecord = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isRecord ? String(manifest.version) : 'unknown';
}

export function appInfo(version: string, hasSession: boolean): AppInfo {
  return {
    version,
    electron: process.versions.electron ?? '',
    chrome: process.versions.chrome ?? '',
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cores: os.availableParallelism(),
    hasSession,
  };
}

/** For a bug report: versions and the machine's kind; no path, no name, nothing about models. */
export function diagnostics(info: AppInfo): string {
  return [
    `Tessera ${info.version}${app.isPackaged ? '' : ' (unpackaged)'}`,
    `Electron ${info.electron}, Chrome ${info.chrome}, Node ${info.node}`,
    `${os.type()} ${os.release()}, ${info.platform}`,
    `${info.cores} cores, ${Math.round(os.totalmem() / 1024 ** 3)} GiB memory`,
  ].join('\n');
}

/** The About box; its text can be copied for a bug report. */
export async function showAbout(info: AppInfo): Promise<void> {
  const detail = diagnostics(info);
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'About Tessera',
    message:
      'Tessera shows what models are made of and what they share. Nothing leaves this computer.',
    detail,
    buttons: ['OK', 'Copy'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) clipboard.writeText(detail);
}
