import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { defaultThresholds } from '../../shared/domain';
import type { MenuCommand } from '../../shared/ipc';
import { type MenuActions, type MenuState, menuTemplate, menuText } from './template';

const state: MenuState = {
  settings: { units: 'binary', theme: 'dark', thresholds: defaultThresholds },
  recents: [{ path: '/data/R&D', kind: 'folder', lastOpened: 1 }],
  platform: 'linux',
  dev: false,
};

function build(own: Partial<MenuState> = {}) {
  const seen: unknown[] = [];
  const actions: MenuActions = {
    openDialog: (kind) => seen.push(['dialog', kind]),
    openPath: (path) => seen.push(['path', path]),
    clearRecents: () => seen.push('clear'),
    send: (command: MenuCommand) => seen.push(command),
    set: (patch) => seen.push(patch),
    about: () => seen.push('about'),
    openLogs: () => seen.push('logs'),
  };
  const flat = flatten(menuTemplate({ ...state, ...own }, actions));
  const click = (label: string) => {
    const item = flat.find((candidate) => candidate.label === label);
    (item?.click as (() => void) | undefined)?.();
    return seen.at(-1);
  };
  return { flat, click };
}

function flatten(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? flatten(item.submenu) : []),
  ]);
}

describe('menuTemplate', () => {
  it('does what its items say', () => {
    const { click } = build();
    expect(click('Open File…')).toEqual(['dialog', 'files']);
    expect(click('Open Folder…')).toEqual(['dialog', 'folders']);
    expect(click('/data/R&&D')).toEqual(['path', '/data/R&D']);
    expect(click('Export Manifest…')).toEqual({ kind: 'export-manifest' });
    expect(click('Explore')).toEqual({ kind: 'go', screen: 'explore' });
    expect(click('Compare')).toEqual({ kind: 'go', screen: 'compare' });
    expect(click('Light')).toEqual({ theme: 'light' });
    expect(click('Keyboard Shortcuts')).toEqual({ kind: 'keys' });
  });

  it('checks the settings in force', () => {
    const checked = build().flat.filter((item) => item.checked === true);
    expect(checked.map((item) => item.label)).toEqual(['Dark', 'GiB (1 KiB = 1024 bytes)']);
  });

  it.each(['linux', 'win32', 'darwin'] as const)('gives no accelerator twice on %s', (platform) => {
    const keys = build({ platform }).flat.flatMap((item) => item.accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toContain('CmdOrCtrl+6');
  });

  it('offers developer tools only in development, and never a reload', () => {
    const roles = (dev: boolean) => build({ dev }).flat.map((item) => item.role);
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(true)).not.toContain('reload');
  });

  it('never takes a bare key away from text fields', () => {
    const bare = build().flat.filter((item) => item.accelerator?.length === 1);
    expect(bare.every((item) => item.registerAccelerator === false)).toBe(true);
  });
});

describe('menuText', () => {
  it('shows a long path by its two ends and control characters as a sign', () => {
    expect(menuText(`/${'a'.repeat(200)}/end`)).toMatch(/^\/a{29}…a+\/end$/);
    expect(menuText('/a\nb')).toBe('/a�b');
  });
});
