import { groupBy } from '../../lib/group';
import { showChord } from '../../lib/keys';
import { useUi } from '../../state/ui';
import { Dialog } from '../../widgets/dialog';
import { shortcuts } from '../use-shortcuts';
import './key-sheet.css';

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** One chord as its keys: `Ctrl` `Shift` `P`. */
function Chord({ chord }: { readonly chord: string }) {
  const keys = showChord(chord).split(/[+ ]/);
  return (
    <span className="chord">
      {keys.map((key) => (
        <kbd key={key}>{signs[key] ?? key}</kbd>
      ))}
    </span>
  );
}

export function KeySheet() {
  const close = useUi((state) => state.close);
  const groups = [...groupBy(shortcuts, (shortcut) => shortcut.group)];
  return (
    <Dialog title="Keys" width="wide" onClose={close}>
      <div className="dialog-body key-sheet">
        {groups.map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {list.map((shortcut) => (
                <div key={shortcut.chord} className="key-line">
                  <dt>
                    <Chord chord={shortcut.chord} />
                  </dt>
                  <dd>{shortcut.what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
