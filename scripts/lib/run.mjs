/** Starting other programs. Nothing here goes through a shell. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Runs a program to its end and keeps what it prints.
 * Resolves even when it fails: `code` is its exit code, 128 + n for signal n's kind of death, 127 when it cannot start.
 * @returns {Promise<{code: number, output: string, stdout: string}>} `output` is stdout and stderr as they came
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (error) =>
      resolve({ code: 127, output: `${command}: ${error.message}`, stdout }),
    );
    child.on('close', (code) => resolve({ code: code ?? 128, output, stdout }));
  });
}

/** Runs a program on this terminal; resolves to its exit code. SIGINT and SIGTERM are handed on to it. */
export function passThrough(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const handOn = (signal) => child.kill(signal);
    process.on('SIGINT', handOn).on('SIGTERM', handOn);
    const settle = () => process.off('SIGINT', handOn).off('SIGTERM', handOn);
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, signal) => {
      settle();
      resolve(code ?? exitCodeOfSignal(signal));
    });
  });
}

/** The exit code a shell would report for a process that died of a signal. */
export function exitCodeOfSignal(signal) {
  return { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGSEGV: 139, SIGTERM: 143 }[signal] ?? 128;
}

/** The absolute path of a program on PATH (or in the usual system folders), or undefined. */
export function which(program, env = process.env) {
  const folders = [
    ...(env.PATH ?? '').split(path.delimiter),
    '/usr/bin',
    '/bin',
    '/usr/sbin',
    '/sbin',
  ];
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, program))
    .find(isExecutable);
}

/** Whether the file exists and may be executed. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
