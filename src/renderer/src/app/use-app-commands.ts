import { call, toClientError } from '../client';
import { screens } from '../shell/screens';
import { type Command, useCommands } from '../state/commands';
import { useNavigation } from '../state/navigation';
import { openFiles, openFolders, openSamples } from '../state/opening';
import { useSettings } from '../state/settings';
import { useToasts } from '../state/toasts';
import { useUi } from '../state/ui';

const { go, back, forward } = useNavigation.getState();
const { open, toggleJobs, toggleInspector } = useUi.getState();
const changeSettings = useSettings.getState().change;

async function fingerprint(): Promise<void> {
  try {
    await call('jobs.fingerprint', {});
  } catch (thrown) {
    useToasts.getState().fail(toClientError(thrown));
  }
}

function command(
  id: string,
  group: Command['group'],
  title: string,
  run: () => unknown,
  keys?: string,
): Command {
  return { id, group, title, run: () => void run(), ...(keys === undefined ? {} : { keys }) };
}

/** What can be done on every screen. */
const everywhere: readonly Command[] = [
  ...screens.map((screen) =>
    command(
      `go-${screen.name}`,
      'Go to',
      screen.title,
      () => go({ screen: screen.name }),
      screen.key,
    ),
  ),
  command('jump', 'Go to', 'Go to a model…', () => open('jump'), 'Ctrl+P'),
  command('back', 'Go to', 'Back', back, 'Alt+←'),
  command('forward', 'Go to', 'Forward', forward, 'Alt+→'),
  command('open-files', 'Open', 'Open file…', openFiles, 'Ctrl+O'),
  command('open-folders', 'Open', 'Open folder…', openFolders, 'Ctrl+Shift+O'),
  command('open-samples', 'Open', 'Open the sample models', openSamples),
  command('toggle-jobs', 'Jobs', 'Show or hide jobs', toggleJobs, 'Ctrl+J'),
  command('fingerprint', 'Jobs', 'Fingerprint what is not fingerprinted yet', fingerprint),
  command('toggle-inspector', 'View', 'Show or hide the inspector', toggleInspector),
  command('theme-system', 'View', 'Theme: as the system', () =>
    changeSettings({ theme: 'system' }),
  ),
  command('theme-light', 'View', 'Theme: light', () => changeSettings({ theme: 'light' })),
  command('theme-dark', 'View', 'Theme: dark', () => changeSettings({ theme: 'dark' })),
  command('units-decimal', 'View', 'Units: GB (1000)', () => changeSettings({ units: 'decimal' })),
  command('units-binary', 'View', 'Units: GiB (1024)', () => changeSettings({ units: 'binary' })),
  command('settings', 'View', 'Settings…', () => open('settings'), 'Ctrl+,'),
  command('keys', 'Help', 'Keyboard shortcuts', () => open('keys'), '?'),
];

export function useAppCommands(): void {
  useCommands(everywhere);
}
