import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../shared/domain';
import type { Settings } from '../../shared/ipc';
import { readStored } from './stored';
import { visibleChanged, visiblePart, visiblePatch } from './visible';

const settings: Settings = { units: 'decimal', theme: 'system', thresholds: defaultThresholds };

describe('the settings that the window sees', () => {
  it('are the three it may change, and no path', () => {
    expect(visiblePart(readStored({ session: ['/a'], exportFolder: '/out' }))).toEqual(settings);
  });

  it('have changed when a value differs, not when an equal one was stored again', () => {
    const same = { ...settings, thresholds: { ...defaultThresholds } };
    expect(visibleChanged(same, settings)).toBe(false);
    for (const key of ['exact', 'nearDuplicate', 'similar'] as const) {
      const thresholds = { ...defaultThresholds, [key]: 0.99995 };
      expect(visibleChanged({ ...settings, thresholds }, settings)).toBe(true);
    }
    expect(visibleChanged({ ...settings, units: 'binary' }, settings)).toBe(true);
    expect(visibleChanged({ ...settings, theme: 'dark' }, settings)).toBe(true);
  });

  it('keep what a patch does not name', () => {
    expect(visiblePatch({ units: undefined, theme: 'dark', thresholds: undefined })).toEqual({
      theme: 'dark',
    });
  });
});
