import { Keyboard, Settings } from 'lucide-react';
import { useQuery } from '../client';
import { formatCount } from '../lib/format';
import { showChord } from '../lib/keys';
import { useNavigation } from '../state/navigation';
import { useUi } from '../state/ui';
import { BrandMark } from '../widgets/brand';
import { screens } from './screens';
import './rail.css';

export function Rail() {
  const current = useNavigation((state) => state.location.screen);
  const go = useNavigation((state) => state.go);
  const open = useUi((state) => state.open);
  const problems = useQuery('problems.list', {}).data?.length ?? 0;
  return (
    <nav className="rail" aria-label="Screens">
      <div className="rail-brand">
        <BrandMark />
        <span className="rail-label">Tessera</span>
      </div>
      {screens.map(({ name, title, key, icon: Icon }) => (
        <button
          key={name}
          type="button"
          className="rail-item"
          aria-current={name === current ? 'page' : undefined}
          aria-keyshortcuts={key}
          title={`${title} (${key})`}
          onClick={() => go({ screen: name })}
        >
          <Icon size={16} aria-hidden />
          <span className="rail-label">{title}</span>
          {name === 'problems' && problems > 0 ? (
            <span className="rail-count">
              {formatCount(problems)}
              <span className="visually-hidden"> found</span>
            </span>
          ) : null}
          <span className="kbd" aria-hidden="true">
            {key}
          </span>
        </button>
      ))}
      <div className="rail-foot">
        <button
          type="button"
          className="rail-item"
          title="Keyboard shortcuts (?)"
          aria-keyshortcuts="?"
          onClick={() => open('keys')}
        >
          <Keyboard size={16} aria-hidden />
          <span className="rail-label">Keys</span>
          <span className="kbd" aria-hidden="true">
            ?
          </span>
        </button>
        <button
          type="button"
          className="rail-item"
          title={`Settings (${showChord('Ctrl+,')})`}
          onClick={() => open('settings')}
        >
          <Settings size={16} aria-hidden />
          <span className="rail-label">Settings</span>
          <span className="kbd" aria-hidden="true">
            {showChord('Ctrl+,')}
          </span>
        </button>
      </div>
    </nav>
  );
}
