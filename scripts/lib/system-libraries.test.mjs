import { expect, it } from 'vitest';
import { needsVirtualDisplay, packagesFor, parseLdd } from './system-libraries.mjs';

it('reads the missing libraries from ldd, each once', () => {
  const text =
    '/x/electron:\n\tlibm.so.6 => /lib/libm.so.6 (0x1)\n\tlibgtk-3.so.0 => not found\n' +
    '/x/libGLESv2.so:\n\tlibgtk-3.so.0 => not found\n\tlibnss3.so => not found\n';
  expect(parseLdd(text)).toEqual(['libgtk-3.so.0', 'libnss3.so']);
});

it('asks for each package once, with all its names', () => {
  expect(packagesFor(['libnss3.so', 'libsmime3.so', 'libasound.so.2'])).toEqual([
    ['libnss3'],
    ['libasound2', 'libasound2t64'],
  ]);
});

it('names a library that it has no package for', () => {
  expect(() => packagesFor(['libodd.so.9'])).toThrow('libodd.so.9');
});

it('needs a virtual display only on Linux without a display', () => {
  expect(needsVirtualDisplay({}, 'linux')).toBe(true);
  expect(needsVirtualDisplay({ DISPLAY: ':0' }, 'linux')).toBe(false);
  expect(needsVirtualDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(false);
  expect(needsVirtualDisplay({}, 'darwin')).toBe(false);
});
