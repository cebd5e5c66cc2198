import { expect, it } from 'vitest';
import { callerFolder, splitArgs } from './start-args.mjs';

const all = () => true;

it('makes paths absolute from where the user typed, and keeps switches', () => {
  expect(splitArgs(['models', '/data', '--dark', '../x'], '/home/me', all)).toEqual({
    switches: ['--dark'],
    paths: ['/home/me/models', '/data', '/home/x'],
  });
});

it('takes everything after -- as a path', () => {
  expect(splitArgs(['--', '--odd'], '/home', all)).toEqual({
    switches: [],
    paths: ['/home/--odd'],
  });
});

it('names a path that does not exist', () => {
  expect(() => splitArgs(['nope'], '/home', () => false)).toThrow('/home/nope');
});

it('prefers the folder that npm was called in', () => {
  expect(callerFolder({ INIT_CWD: '/a' }, '/b')).toBe('/a');
  expect(callerFolder({}, '/b')).toBe('/b');
});
