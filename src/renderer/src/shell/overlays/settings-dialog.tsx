import { useAction, useQuery } from '../../client';
import { useBytes } from '../../lib/format';
import { useSettings } from '../../state/settings';
import { useToasts } from '../../state/toasts';
import { useUi } from '../../state/ui';
import { Button, Segmented } from '../../widgets/button';
import { Dialog } from '../../widgets/dialog';
import { Thresholds } from './thresholds/thresholds';
import './settings-dialog.css';

export function SettingsDialog() {
  const close = useUi((state) => state.close);
  const { units, theme, change } = useSettings();
  const bytes = useBytes();
  return (
    <Dialog title="Settings" width="medium" onClose={close}>
      <div className="dialog-body settings">
        <div className="setting">
          <div>
            <h3>Units</h3>
            <p>A 7-billion-parameter model in BF16 is {bytes(15_231_233_024)}.</p>
          </div>
          <Segmented
            label="Units"
            value={units}
            options={[
              { value: 'decimal', label: 'GB' },
              { value: 'binary', label: 'GiB' },
            ]}
            onChange={(value) => void change({ units: value })}
          />
        </div>
        <div className="setting">
          <div>
            <h3>Theme</h3>
            <p>System follows your desktop.</p>
          </div>
          <Segmented
            label="Theme"
            value={theme}
            options={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={(value) => void change({ theme: value })}
          />
        </div>
        <Thresholds />
        <About />
      </div>
    </Dialog>
  );
}

function About() {
  const info = useQuery('app.info', {}).data;
  const { fail, show } = useToasts.getState();
  const copy = useAction('app.copyDiagnostics', fail);
  if (!info) return null;
  const onCopy = async () => {
    if ((await copy.run({})) !== undefined) show({ tone: 'success', title: 'Diagnostics copied.' });
  };
  return (
    <div className="setting settings-about">
      <div>
        <h3>Tessera {info.version}</h3>
        <p>
          Electron {info.electron}, Node {info.node}, {info.cores} cores. Nothing leaves this
          computer.
        </p>
      </div>
      <Button size="small" isPending={copy.busy} onPress={() => void onCopy()}>
        Copy diagnostics
      </Button>
    </div>
  );
}
