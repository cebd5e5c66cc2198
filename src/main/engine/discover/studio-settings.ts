import { isAbsolute, join, normalize } from 'node:path';
import { FormatError } from '../formats/errors';
import { parseJsonValue } from '../formats/json-value';
import { readSmallText } from './revisions';

const MAX_SETTINGS_BYTES = 1024 * 1024;
const MAX_POINTER_BYTES = 4096;

/**
 * Where LM Studio keeps models when it was moved: `downloadsFolder` of its settings, and `models`
 * in the home that `~/.lmstudio-home-pointer` names. Absolute paths; existence is not checked.
 */
export function studioFolders(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string[] {
  const pointed = readSmallText(join(home, '.lmstudio-home-pointer'), MAX_POINTER_BYTES)?.trim();
  const homes = pointed !== undefined && isAbsolute(pointed) ? [pointed] : [];
  const settings = [
    ...[...homes, join(home, '.lmstudio')].map((at) => join(at, 'settings.json')),
    ...(env.APPDATA ? [join(env.APPDATA, 'LM Studio', 'settings.json')] : []),
  ];
  const chosen = settings.flatMap(downloadsFolder);
  return [
    ...new Set([...chosen, ...homes.map((at) => join(at, 'models'))].map((at) => normalize(at))),
  ];
}

function downloadsFolder(path: string): string[] {
  const text = readSmallText(path, MAX_SETTINGS_BYTES);
  if (text === undefined) return [];
  try {
    const settings = parseJsonValue(Buffer.from(text, 'utf8'), path);
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return [];
    const [, folder] = Object.entries(settings).find(([key]) => key === 'downloadsFolder') ?? [];
    return typeof folder === 'string' && isAbsolute(folder) ? [folder] : [];
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}
