import { expect, it } from 'vitest';
import { completeLock, isInstalled, missingOptionals, platformOf } from './lockfile.mjs';

const lock = {
  packages: {
    '': { name: 'app' },
    'node_modules/tool': {
      version: '2.0.0',
      dev: true,
      license: 'MIT',
      optionalDependencies: { '@tool/linux-x64': '2.0.0', '@tool/linux-arm64-musl': '2.0.0' },
    },
    'node_modules/@tool/linux-x64': { version: '2.0.0', optional: true, os: ['linux'] },
  },
};

it('sees that a tree is installed, optional packages of other platforms aside', () => {
  const tool = { version: '2.0.0' };
  expect(isInstalled(lock, { packages: { 'node_modules/tool': tool } })).toBe(true);
  expect(isInstalled(lock, { packages: { 'node_modules/tool': { version: '1.9.0' } } })).toBe(
    false,
  );
  expect(isInstalled(lock, { packages: {} })).toBe(false);
  expect(isInstalled(lock, undefined)).toBe(false);
});

it('sees a package that the lock file no longer has', () => {
  const packages = {
    'node_modules/tool': { version: '2.0.0' },
    'node_modules/old': { version: '1.0.0' },
  };
  expect(isInstalled(lock, { packages })).toBe(false);
});

it('finds optional packages that were left out, looking in nested folders too', () => {
  expect(missingOptionals(lock).map(({ name }) => name)).toEqual(['@tool/linux-arm64-musl']);
  const nested = {
    packages: {
      'node_modules/a/node_modules/b': { version: '1.0.0', optionalDependencies: { c: '1.0.0' } },
      'node_modules/a/node_modules/c': { version: '1.0.0' },
    },
  };
  expect(missingOptionals(nested)).toEqual([]);
});

it('completes the file so that nothing is missing, and changes nothing else', () => {
  const full = completeLock(lock);
  expect(missingOptionals(full)).toEqual([]);
  expect(full.packages['node_modules/@tool/linux-arm64-musl']).toEqual({
    version: '2.0.0',
    cpu: ['arm64'],
    libc: ['musl'],
    os: ['linux'],
    dev: true,
    license: 'MIT',
    optional: true,
  });
  expect(full.packages).toMatchObject(lock.packages);
  expect(completeLock(full)).toEqual(full);
});

it('reads platforms from the names that are in use', () => {
  expect(platformOf('@x/cli-win32-ia32-msvc')).toEqual({ cpu: ['ia32'], os: ['win32'] });
  expect(platformOf('@x/hash-linux-arm-gnueabihf')).toEqual({ cpu: ['arm'], os: ['linux'] });
  expect(platformOf('@x/hash-darwin-arm64')).toEqual({ cpu: ['arm64'], os: ['darwin'] });
  expect(() => platformOf('fast-thing')).toThrow('fast-thing');
});
