import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../shared/domain';
import type { Settings } from '../../shared/ipc';
import type { EngineEventName } from '../engine/api';
import type { EngineAccess } from '../session/engine-access';
import { keepEngineThresholds } from './thresholds';

function engine(answer: () => Promise<never>) {
  const told: unknown[] = [];
  const listeners = new Map<EngineEventName, (payload: never) => void>();
  const access: Pick<EngineAccess, 'call' | 'on'> = {
    call: (name, params) => {
      told.push([name, params]);
      return answer();
    },
    on: (name, listener) => void listeners.set(name, listener),
  };
  const died = (restarted: boolean) =>
    listeners.get('engine.died')?.({ reason: 'gone', restarted } as never);
  return { access, told, died };
}

const unexpected = (error: unknown) => expect.fail(String(error));
const before: Settings = { units: 'decimal', theme: 'system', thresholds: defaultThresholds };
const now: Settings = { ...before, thresholds: { ...defaultThresholds, similar: 0.8 } };

describe('keepEngineThresholds', () => {
  it('tells the engine of changed thresholds only', () => {
    const { access, told } = engine(() => new Promise(() => {}));
    const changed = keepEngineThresholds(access, () => now, unexpected);
    changed({ ...before, theme: 'dark' }, before);
    expect(told).toEqual([]);
    changed(now, before);
    expect(told).toEqual([['similarity.thresholds', { thresholds: now.thresholds }]]);
  });

  it('tells an engine that took the place of another, and none that did not', () => {
    const { access, told, died } = engine(() => new Promise(() => {}));
    keepEngineThresholds(access, () => now, unexpected);
    died(false);
    expect(told).toEqual([]);
    died(true);
    expect(told).toEqual([['similarity.thresholds', { thresholds: now.thresholds }]]);
  });

  it('reports an engine that refuses them, once, and goes on', async () => {
    const failures: unknown[] = [];
    const { access } = engine(() => Promise.reject(new Error('not ready')));
    const changed = keepEngineThresholds(
      access,
      () => now,
      (error) => failures.push(error),
    );
    changed(now, before);
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures).toEqual([new Error('not ready')]);
  });
});
