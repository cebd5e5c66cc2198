import { describe, expect, it } from 'vitest';
import { absolutePath, parseCommandLine } from './command-line';

const packaged = { folder: '/home/ann', entries: [] };
const unpackaged = { folder: '/repo', entries: ['/repo', '/repo/out/main/index.js'] };

describe('parseCommandLine', () => {
  it('resolves paths against the working folder and keeps their order, once each', () => {
    const launch = parseCommandLine(['tessera', 'models', '/data/a', 'models', '../b'], packaged);
    expect(launch.paths).toEqual(['/home/ann/models', '/data/a', '/home/b']);
  });

  it('drops the application itself from an unpackaged command line, but only the first time', () => {
    const byFile = ['electron', '--no-sandbox', 'out/main/index.js', '/repo', 'x'];
    expect(parseCommandLine(byFile, unpackaged).paths).toEqual(['/repo', '/repo/x']);
    expect(parseCommandLine(['electron', '.', 'x'], unpackaged).paths).toEqual(['/repo/x']);
  });

  it('keeps the first path of a packaged command line', () => {
    expect(parseCommandLine(['tessera', '/repo'], packaged).paths).toEqual(['/repo']);
  });

  it('ignores the switches of the runtime and the values that belong to them', () => {
    const argv = ['electron', '-r', '/x/loader.js', '--inspect=0', 'out/main/index.js', '-v', 'm'];
    expect(parseCommandLine(argv, unpackaged).paths).toEqual(['/repo/m']);
  });

  it('takes everything after -- as a path, a leading dash included', () => {
    expect(parseCommandLine(['tessera', '--', '--odd', '-r'], packaged).paths).toEqual([
      '/home/ann/--odd',
      '/home/ann/-r',
    ]);
  });

  it('reads the tour folder and refuses an empty one', () => {
    const argv = ['tessera', '--headless-tour=out/pictures', 'm'];
    expect(parseCommandLine(argv, packaged)).toEqual({
      paths: ['/home/ann/m'],
      tourFolder: '/home/ann/out/pictures',
    });
    expect(parseCommandLine(['tessera', '--headless-tour='], packaged).tourFolder).toBeNull();
  });
});

describe('absolutePath', () => {
  it('reads file URLs as desktops pass them, and refuses what is no path', () => {
    expect(absolutePath('file:///data/a%20b', '/')).toBe('/data/a b');
    expect(absolutePath('file://host.example/share', '/')).toBeNull();
    expect(absolutePath('a\0b', '/')).toBeNull();
    expect(absolutePath('', '/')).toBeNull();
  });
});
