import { describe, expect, it } from 'vitest';
import type { JobId } from '../../shared/base';
import type { ParamsOf, RequestName } from '../../shared/ipc';
import { requests } from '../../shared/ipc';
import { EngineError } from '../engine/api';
import { RequestFailure } from './failure';
import { createRouter, type Handlers } from './router';
import type { Sender } from './sender';

const trusted: Sender = {
  isMainWindow: true,
  isMainFrame: true,
  origin: 'app://tessera',
  url: 'app://tessera/',
};

function router(own: Partial<Handlers> = {}) {
  const problems: string[] = [];
  const called: string[] = [];
  const entries = Object.keys(requests).map((name) => [name, () => void called.push(name)]);
  const handlers = { ...(Object.fromEntries(entries) as Handlers), ...own };
  const route = createRouter({ handlers, onProblem: (sentence) => problems.push(sentence) });
  return { route, problems, called };
}

describe('createRouter', () => {
  it.each([
    { ...trusted, isMainWindow: false },
    { ...trusted, isMainFrame: false },
    { ...trusted, origin: 'null' },
    { ...trusted, origin: 'app://tessera.example' },
    { ...trusted, origin: 'app://other' },
    { ...trusted, origin: 'https://tessera' },
    { ...trusted, url: 'about:blank' },
    { ...trusted, url: 'app://tessera.example/' },
  ])('refuses %o before anything else is looked at', async (sender) => {
    const { route, called, problems } = router();
    const answer = await route(sender, 'app.info', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden-sender' } });
    expect(called).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it.each(['nothing', '__proto__', 'constructor', 'toString', '', 7, null, undefined, {}])(
    'answers unknown-request to %j',
    async (name) => {
      const answer = await router().route(trusted, name, {});
      expect(answer).toMatchObject({ ok: false, error: { code: 'unknown-request' } });
    },
  );

  const bad: readonly (readonly [RequestName, unknown])[] = [
    ['app.info', undefined],
    ['app.info', null],
    ['app.info', { extra: 1 }],
    ['models.detail', { modelId: '../../etc/passwd' }],
    ['models.detail', { modelId: 'ABCDEF0123456789' }],
    ['sources.openDialog', { kind: 'folders', path: '/etc' }],
    ['sources.openTickets', { tickets: ['/etc/passwd'] }],
    ['sources.openTickets', { tickets: [] }],
    ['sources.openTickets', { tickets: 'a'.repeat(32) }],
    ['home.forgetRecent', { ticket: { toString: 'x' } }],
    ['jobs.cancel', { jobId: 'job-1; rm' }],
    ['settings.set', { theme: 'purple' }],
    ['settings.set', { session: ['/etc'] }],
    ['settings.set', { thresholds: { exact: 1, nearDuplicate: 0.9, similar: 0.95 } }],
    ['settings.set', { thresholds: { exact: 1, nearDuplicate: 0.9 } }],
    ['similarity.counts', { thresholds: { exact: 0.9, nearDuplicate: 0.7, similar: 0.4 } }],
    ['similarity.matches', { threshold: Number.NaN, offset: 0, limit: 10 }],
    ['compare.report', { a: '0123456789abcdef', b: [] }],
    ['estimate.run', { kind: 'guess' }],
    ['manifest.export', { modelId: '0123456789abcdef', path: '/etc/x' }],
  ];
  it.each(bad)('answers bad-params to %s with %j', async (name, params) => {
    const { route, called } = router();
    const answer = await route(trusted, name, params);
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-params' } });
    expect(called).toEqual([]);
  });

  it('passes parsed parameters, defaults filled in, and wraps the value', async () => {
    const params: ParamsOf<'tensors.page'> = {
      modelId: '0123456789abcdef',
      filter: { text: 'q_proj' },
      sort: { key: 'name', direction: 'ascending' },
      offset: 0,
      limit: 10,
    };
    let seen: unknown;
    const { route } = router({
      'tensors.page': (parsed) => {
        seen = parsed.filter;
        return { total: 0, totalBytes: 0, dtypes: [], types: [], rows: [] };
      },
    });
    const answer = await route(trusted, 'tensors.page', params);
    const value = { total: 0, totalBytes: 0, dtypes: [], types: [], rows: [] };
    expect(answer).toEqual({ ok: true, value });
    expect(seen).toEqual({
      text: 'q_proj',
      regex: false,
      dtypes: [],
      types: [],
      shape: '',
      prefix: '',
    });
  });

  it('turns failures into typed errors and never into a rejection', async () => {
    const jobId = 'job-1' as JobId;
    const { route, problems } = router({
      'jobs.pause': () =>
        Promise.reject(new EngineError('not-found', 'No such job.', 'Look again.')),
      'jobs.resume': () => {
        throw new RequestFailure('io', 'Cannot write.');
      },
      'jobs.cancel': () => {
        throw new TypeError('/secret/path is undefined');
      },
    });
    expect(await route(trusted, 'jobs.pause', { jobId })).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'No such job.', hint: 'Look again.' },
    });
    expect(await route(trusted, 'jobs.resume', { jobId })).toEqual({
      ok: false,
      error: { code: 'io', message: 'Cannot write.' },
    });
    const internal = await route(trusted, 'jobs.cancel', { jobId });
    expect(internal).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(internal)).not.toContain('secret');
    expect(problems).toEqual(['jobs.cancel failed']);
  });
});
