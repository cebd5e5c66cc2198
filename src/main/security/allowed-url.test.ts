import { describe, expect, it } from 'vitest';
import { isAllowedUrl } from './allowed-url';

describe('isAllowedUrl', () => {
  it.each(['app://tessera/', 'app://tessera/assets/a.js', 'data:image/png;base64,', 'blob:x'])(
    'lets %s be loaded',
    (url) => expect(isAllowedUrl(url, false)).toBe(true),
  );

  it.each([
    'https://example.com/',
    'http://127.0.0.1/',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'app://other/',
    'app://tessera.example/',
    'app://tessera',
    'chrome://version/',
    'devtools://devtools/bundled/inspector.html',
    'x-app://tessera/',
    '',
  ])('refuses %s', (url) => expect(isAllowedUrl(url, false)).toBe(false));

  it('lets developer tools load in development only', () => {
    expect(isAllowedUrl('devtools://devtools/bundled/inspector.html', true)).toBe(true);
    expect(isAllowedUrl('https://example.com/', true)).toBe(false);
  });
});
