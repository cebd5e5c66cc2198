import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from './content-security-policy';

const directives = new Map(
  contentSecurityPolicy()
    .split('; ')
    .map((text): [string, string[]] => {
      const [name = '', ...values] = text.split(' ');
      return [name, values];
    }),
);

describe('contentSecurityPolicy', () => {
  it('denies by default and lets scripts and styles come from the application only', () => {
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('style-src')).toEqual(["'self'"]);
  });

  it('names no network, no wildcard and no unsafe keyword', () => {
    expect(contentSecurityPolicy()).not.toMatch(/unsafe|https?:|wss?:|\*/);
    for (const name of ['connect-src', 'frame-src', 'worker-src', 'object-src', 'form-action']) {
      expect(directives.get(name), name).toEqual(["'none'"]);
    }
  });

  it('closes what default-src does not cover', () => {
    for (const name of ['base-uri', 'form-action', 'frame-ancestors']) {
      expect(directives.get(name), name).toEqual(["'none'"]);
    }
  });
});

describe('securityHeaders', () => {
  it('carries the policy and forbids guessing content types', () => {
    const headers = securityHeaders();
    expect(headers['Content-Security-Policy']).toBe(contentSecurityPolicy());
    expect(headers['X-Content-Type-Options']).toBe('nosniff');
  });
});
