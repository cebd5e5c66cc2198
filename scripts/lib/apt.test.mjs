import { describe, expect, it } from 'vitest';
import { installPackages, parsePolicy, usesT64 } from './apt.mjs';

const gtk = ['libgtk-3-0', 'libgtk-3-0t64'];

/** A machine whose apt knows the given packages, from the start or only after an update. */
function machine({ isRoot, known, afterUpdate = known, hasApt = true, hasT64 = false }) {
  const calls = [];
  const run = async (command, args) => {
    calls.push([command, ...args].join(' '));
    const list = calls.some((call) => call.endsWith(' update')) ? afterUpdate : known;
    const stdout = list.map((name) => `${name}:\n  Installed: (none)\n  Candidate: 1.0\n`).join('');
    return { code: 0, output: '', stdout };
  };
  return { calls, isRoot, hasApt, hasT64, run };
}

describe('as root', () => {
  it('installs under the name that this release uses, without an update', async () => {
    const system = machine({ isRoot: true, known: ['libgtk-3-0t64', 'xvfb'] });
    await installPackages([gtk, ['xvfb']], 'x', system);
    expect(system.calls.at(-1)).toMatch(
      /^apt-get .*install -y --no-install-recommends libgtk-3-0t64 xvfb$/,
    );
    expect(system.calls.some((call) => call.endsWith(' update'))).toBe(false);
  });

  it('updates the package lists when a name is not in them', async () => {
    const system = machine({ isRoot: true, known: [], afterUpdate: ['libgtk-3-0'] });
    await installPackages([gtk], 'x', system);
    expect(system.calls.at(-1)).toMatch(/ libgtk-3-0$/);
    expect(system.calls.some((call) => call.endsWith(' update'))).toBe(true);
  });
});

describe('as another user', () => {
  it('installs nothing and gives the one command', async () => {
    const system = machine({ isRoot: false, known: ['libgtk-3-0', 'xvfb'] });
    await expect(installPackages([gtk, ['xvfb']], 'x', system)).rejects.toMatchObject({
      advice:
        'sudo apt-get update && sudo apt-get install -y --no-install-recommends libgtk-3-0 xvfb',
    });
    expect(system.calls.every((call) => call.startsWith('apt-cache'))).toBe(true);
  });

  it('uses the names of the release when apt has no lists yet', async () => {
    const system = machine({ isRoot: false, known: [], hasT64: true });
    await expect(installPackages([gtk], 'x', system)).rejects.toMatchObject({
      advice: expect.stringContaining('libgtk-3-0t64'),
    });
  });
});

it('says what to install where there is no apt', async () => {
  const system = machine({ isRoot: true, known: [], hasApt: false });
  await expect(installPackages([gtk], 'x', system)).rejects.toMatchObject({
    advice: expect.stringContaining('libgtk-3-0'),
  });
});

it('takes only packages with a candidate', () => {
  const text = 'a:\n  Candidate: 1.2\nb:\n  Candidate: (none)\nc:\n  Candidate: 3\n';
  expect([...parsePolicy(text)]).toEqual(['a', 'c']);
});

it('knows the releases whose libraries were renamed', () => {
  expect(usesT64('ID=ubuntu\nVERSION_ID="24.04"\n')).toBe(true);
  expect(usesT64('ID=ubuntu\nVERSION_ID="22.04"\n')).toBe(false);
  expect(usesT64('ID=debian\nVERSION_ID="12"\n')).toBe(false);
  expect(usesT64('ID=debian\nVERSION_ID="13"\n')).toBe(true);
  expect(usesT64('')).toBe(false);
});
