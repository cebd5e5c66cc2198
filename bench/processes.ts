import { spawn } from 'node:child_process';
import type { Sample } from './statistics';

/** Runs a program with `input` to its end; rejects unless it exits with 0. */
export function runProcess(
  command: readonly string[],
  input = '',
): Promise<{ sample: Sample; stdout: string }> {
  const [program = '', ...options] = command;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ sample: { seconds }, stdout });
      else reject(new Error(`${command.join(' ')}: exit code ${code}`));
    });
    child.stdin.end(input);
  });
}
