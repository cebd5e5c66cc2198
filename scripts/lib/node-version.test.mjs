import { expect, it } from 'vitest';
import { checkNode, compareVersions, headersFolder } from './node-version.mjs';

it('compares versions by number, not by text', () => {
  expect(compareVersions('20.9.0', '20.19.0')).toBeLessThan(0);
  expect(compareVersions('22.0.0', '20.19.0')).toBeGreaterThan(0);
  expect(compareVersions('20.19', '20.19.0')).toBe(0);
});

it('refuses an old Node with the version that is needed', () => {
  expect(() => checkNode('20.18.3')).toThrow('Tessera needs 20.19.0');
  expect(checkNode('20.19.0')).toBe('20.19.0');
});

it('leaves a headers folder that was already chosen as it is', () => {
  expect(headersFolder(process.execPath, { npm_config_nodedir: '/opt/headers' })).toBe(
    '/opt/headers',
  );
});

it('names no headers folder where there are no headers', () => {
  expect(headersFolder('/dev/null', {})).toBeUndefined();
});
