import { useUi } from '../../state/ui';
import { KeySheet } from './key-sheet';
import { Palette } from './palette';
import { SettingsDialog } from './settings-dialog';

export function Overlays() {
  const overlay = useUi((state) => state.overlay);
  switch (overlay) {
    case undefined:
      return null;
    case 'commands':
    case 'jump':
      return <Palette key={overlay} mode={overlay} />;
    case 'keys':
      return <KeySheet />;
    case 'settings':
      return <SettingsDialog />;
  }
}
