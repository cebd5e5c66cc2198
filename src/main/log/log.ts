import path from 'node:path';
import electronLog from 'electron-log/node';

export interface Log {
  info(sentence: string): void;
  warn(sentence: string): void;
  error(sentence: string, error?: unknown): void;
}

/** Bytes per log file; one older file is kept beside it, so the folder stays below twice this. */
const maxLogSize = 1024 * 1024;

/**
 * Logs to `<folder>/main.log`, and to stderr when `toConsole`. Lines hold no line breaks from
 * outside: control characters are written as escapes.
 */
export function setupLog(folder: string, toConsole: boolean): Log {
  // A reader that has gone (a closed pipe) must not become an error that is logged to it again.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { file, console } = electronLog.transports;
  file.resolvePathFn = () => path.join(folder, 'main.log');
  file.maxSize = maxLogSize;
  file.level = 'info';
  console.level = toConsole ? 'warn' : false;
  // Standard output belongs to summaries.
  console.writeFn = ({ message }) =>
    process.stderr.write(`${message.data.map(String).join(' ')}\n`);
  return {
    info: (sentence) => electronLog.info(oneLine(sentence)),
    warn: (sentence) => electronLog.warn(oneLine(sentence)),
    error: (sentence, error) => electronLog.error(oneLine(sentence), ...detail(error)),
  };
}

function detail(error: unknown): string[] {
  if (error === undefined) return [];
  return [error instanceof Error ? (error.stack ?? error.message) : oneLine(String(error))];
}

/** Control characters as `\u00xx`, at most 2,000 characters. */
export function oneLine(text: string): string {
  return text
    .slice(0, 2000)
    .replace(/\p{Cc}/gu, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
