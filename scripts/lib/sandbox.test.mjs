import { expect, it } from 'vitest';
import { checkSandbox, sandboxArgs } from './sandbox.mjs';

it('switches the sandbox off as root only, and says so', () => {
  expect(sandboxArgs(true)).toEqual(['--no-sandbox']);
  expect(sandboxArgs(false)).toEqual([]);
});

it.runIf(process.platform === 'linux')('gives the command where namespaces are limited', () => {
  expect(checkSandbox('/nowhere', true, true)).toContain('--no-sandbox');
  expect(checkSandbox('/nowhere', false, false)).toBe('on');
  expect(() => checkSandbox('/nowhere', false, true)).toThrow(
    expect.objectContaining({ advice: expect.stringContaining('chmod 4755') }),
  );
});
