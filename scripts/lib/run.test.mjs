import { expect, it } from 'vitest';
import { capture, exitCodeOfSignal, which } from './run.mjs';

it('keeps what a program prints, and how it ended', async () => {
  const code = "console.log('out'); console.error('err'); process.exit(3)";
  const result = await capture(process.execPath, ['-e', code]);
  expect(result).toMatchObject({ code: 3, stdout: 'out\n' });
  expect(result.output).toContain('err');
});

it('reports a program that does not exist instead of throwing', async () => {
  expect(await capture('no-such-program-here', [])).toMatchObject({ code: 127 });
});

it('finds programs on PATH only if they can be run', () => {
  expect(which('sh')).toMatch(/\/sh$/);
  expect(which('no-such-program-here')).toBeUndefined();
});

it('maps signals to the exit codes of a shell', () => {
  expect(exitCodeOfSignal('SIGTERM')).toBe(143);
  expect(exitCodeOfSignal('SIGINT')).toBe(130);
});
