import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the command line asks for. */
export interface Launch {
  /** Files and folders to open, absolute, in order, without repeats. */
  readonly paths: readonly string[];
  /** Folder for the pictures of `--headless-tour=DIR`, absolute. */
  readonly tourFolder: string | null;
}

export interface CommandLineContext {
  /** What relative paths are relative to. */
  readonly folder: string;
  /**
   * Absolute paths that name the application itself: an unpackaged run has one as its first
   * argument. Empty for a packaged application.
   */
  readonly entries: readonly string[];
}

const tourSwitch = '--headless-tour=';
/** Switches of the runtime whose value is the next argument. */
const switchesWithValue = new Set(['-r', '--require', '--import']);

/**
 * Reads an Electron command line. `argv[0]` is the executable; what starts with `-` belongs to the
 * runtime unless it is ours; after `--` everything is a path.
 */
export function parseCommandLine(argv: readonly string[], context: CommandLineContext): Launch {
  const positional: string[] = [];
  let tourFolder: string | null = null;
  let onlyPaths = false;
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (onlyPaths || !argument.startsWith('-')) positional.push(argument);
    else if (argument === '--') onlyPaths = true;
    else if (switchesWithValue.has(argument)) index += 1;
    else if (argument.startsWith(tourSwitch) && argument.length > tourSwitch.length) {
      tourFolder = path.resolve(context.folder, argument.slice(tourSwitch.length));
    }
  }
  return { paths: withoutEntry(positional, context), tourFolder };
}

function withoutEntry(positional: readonly string[], context: CommandLineContext): string[] {
  const paths = positional
    .map((text) => absolutePath(text, context.folder))
    .filter((found) => found !== null);
  const [first, ...rest] = paths;
  const own = first !== undefined && context.entries.includes(first) ? rest : paths;
  return [...new Set(own)];
}

/** Absolute form of what a shell or a desktop passes: a path or a `file:` URL; null for neither. */
export function absolutePath(text: string, folder: string): string | null {
  if (text === '' || text.includes('\0')) return null;
  if (!/^file:\/\//i.test(text)) return path.resolve(folder, text);
  try {
    return path.resolve(fileURLToPath(text));
  } catch {
    return null;
  }
}
