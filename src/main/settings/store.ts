import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import Conf from 'conf';
import { readStored, type StoredSettings, settingsVersion } from './stored';

export interface SettingsStore {
  get(): StoredSettings;
  /** Takes effect at once; a file that cannot be written is reported, not thrown. */
  update(patch: Partial<StoredSettings>): StoredSettings;
  /** Called after each update, with what was before. */
  onChange(listener: (now: StoredSettings, before: StoredSettings) => void): void;
}

export interface SettingsStoreOptions {
  /** Absolute; holds `settings.json`. Created if missing. */
  readonly folder: string;
  readonly onProblem: (sentence: string) => void;
}

/**
 * Opens `settings.json`. A damaged file is moved aside to `settings.damaged-<time>.json` and the
 * defaults are used; a file that cannot be read or written leaves the settings in memory.
 */
export function openSettings({ folder, onProblem }: SettingsStoreOptions): SettingsStore {
  const file = path.join(folder, 'settings.json');
  const initial = readFile(file, onProblem);
  let current = readStored(initial);
  let unwritable = initial === unreadable;
  const listeners: Parameters<SettingsStore['onChange']>[0][] = [];
  const write = (next: StoredSettings) => {
    if (unwritable) return;
    try {
      const conf = new Conf({
        cwd: folder,
        configName: 'settings',
        accessPropertiesByDotNotation: false,
      });
      conf.set({ version: settingsVersion, ...next });
    } catch (error) {
      unwritable = true;
      onProblem(`Settings are not kept: ${file} cannot be written (${reasonOf(error)}).`);
    }
  };
  return {
    get: () => current,
    update: (patch) => {
      const before = current;
      current = readStored({ ...current, ...patch });
      write(current);
      for (const listener of listeners) listener(current, before);
      return current;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

const unreadable = Symbol('unreadable');

function readFile(file: string, onProblem: (sentence: string) => void): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    onProblem(`${file} cannot be read (${reasonOf(error)}). The default settings are used.`);
    return unreadable;
  }
  try {
    return JSON.parse(text);
  } catch {
    return moveAside(file, onProblem);
  }
}

function moveAside(file: string, onProblem: (sentence: string) => void): unknown {
  const aside = file.replace(/\.json$/, `.damaged-${Date.now()}.json`);
  try {
    renameSync(file, aside);
    onProblem(`${file} was damaged. It was moved to ${aside}; the default settings are used.`);
    return {};
  } catch (error) {
    onProblem(`${file} is damaged and cannot be moved aside (${reasonOf(error)}).`);
    return unreadable;
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
