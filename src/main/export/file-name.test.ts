import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestFileName } from './file-name';

describe('manifestFileName', () => {
  it.each([
    ['Qwen2.5-7B', 'Qwen2.5-7B.tessera.json'],
    ['org/model', 'org_model.tessera.json'],
    ['../../etc/passwd', '_.._etc_passwd.tessera.json'],
    ['C:\\models\\x', 'C__models_x.tessera.json'],
    ['con', '_con.tessera.json'],
    ['NUL.bin', '_NUL.bin.tessera.json'],
    ['...', 'model.tessera.json'],
    ['', 'model.tessera.json'],
    ['a\u0000b\nc', 'a_b_c.tessera.json'],
    ['\u202egnp.exe', '_gnp.exe.tessera.json'],
    ['  spaced   out  ', 'spaced out.tessera.json'],
    ['e\u0301tude', 'étude.tessera.json'],
  ])('makes %j into %s', (name, expected) => {
    expect(manifestFileName(name)).toBe(expected);
  });

  it('is always one short visible component, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const made = manifestFileName(name);
        expect(made).toMatch(/^[^/\\<>:"|?*]+\.tessera\.json$/);
        expect(made.startsWith('.')).toBe(false);
        expect([...made].length).toBeLessThanOrEqual(120 + 14);
      }),
      { seed: 7 },
    );
  });
});
