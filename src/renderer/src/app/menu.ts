import { assertUnreachable } from '../../../shared/base';
import type { MenuCommand } from '../../../shared/ipc';
import { subscribe } from '../client';
import { runCommand } from '../state/commands';
import { useNavigation } from '../state/navigation';
import { useToasts } from '../state/toasts';
import { useUi } from '../state/ui';

/** What the native menu and its accelerators ask for. */
export function runMenuCommand(command: MenuCommand): void {
  switch (command.kind) {
    case 'go': {
      const { kind: _, ...location } = command;
      useNavigation.getState().go(location);
      return;
    }
    case 'palette':
      useUi.getState().open('commands');
      return;
    case 'keys':
      useUi.getState().open('keys');
      return;
    case 'toggle-jobs':
      useUi.getState().toggleJobs();
      return;
    case 'find':
      if (!runCommand('find')) useUi.getState().open('jump');
      return;
    case 'export-manifest':
      if (!runCommand('export-manifest')) {
        useToasts.getState().show({
          tone: 'info',
          title: 'Choose a model first.',
          detail: 'Select one on the Models screen, then export its manifest.',
        });
      }
      return;
    default:
      assertUnreachable(command);
  }
}

export const connectMenu = (): (() => void) => subscribe('menu.command', runMenuCommand);
