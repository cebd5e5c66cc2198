import { ChevronLeft, ChevronRight, PanelRight, Search } from 'lucide-react';
import { Button } from 'react-aria-components';
import { showChord } from '../lib/keys';
import { useNavigation } from '../state/navigation';
import { useModel } from '../state/sources';
import { useUi } from '../state/ui';
import { IconButton } from '../widgets/button';
import { NameText } from '../widgets/name-text';
import { setActionsSlot, useSlots } from '../widgets/slots';
import { screenTitle } from './screens';
import './top-bar.css';

export function TopBar() {
  const open = useUi((state) => state.open);
  const toggleInspector = useUi((state) => state.toggleInspector);
  const inspectorOpen = useUi((state) => state.inspectorOpen);
  const hasInspector = useSlots((slots) => slots.inspectorUsers > 0);
  return (
    <header className="top">
      <History />
      <Breadcrumb />
      <Button className="top-search" onPress={() => open('commands')}>
        <Search size={14} aria-hidden="true" />
        <span>Search or run…</span>
        <kbd>{showChord('Ctrl+Shift+P')}</kbd>
      </Button>
      <div ref={setActionsSlot} className="top-actions" />
      {hasInspector ? (
        <IconButton
          label={inspectorOpen ? 'Hide the inspector' : 'Show the inspector'}
          icon={<PanelRight size={16} aria-hidden="true" />}
          onPress={toggleInspector}
        />
      ) : null}
    </header>
  );
}

function History() {
  const canBack = useNavigation((state) => state.past.length > 0);
  const canForward = useNavigation((state) => state.future.length > 0);
  const { back, forward } = useNavigation.getState();
  return (
    <div className="top-history">
      <IconButton
        label="Back"
        keys={showChord('Alt+←')}
        icon={<ChevronLeft size={16} aria-hidden="true" />}
        isDisabled={!canBack}
        onPress={back}
      />
      <IconButton
        label="Forward"
        keys={showChord('Alt+→')}
        icon={<ChevronRight size={16} aria-hidden="true" />}
        isDisabled={!canForward}
        onPress={forward}
      />
    </div>
  );
}

function Breadcrumb() {
  const location = useNavigation((state) => state.location);
  const go = useNavigation((state) => state.go);
  const model = useModel(location.modelId);
  const title = screenTitle(location.screen);
  if (location.screen !== 'explore' || !model) {
    return <h1 className="crumb crumb-here">{title}</h1>;
  }
  return (
    <nav className="crumb" aria-label="Place">
      <Button className="crumb-link" onPress={() => go({ screen: 'models' })}>
        Models
      </Button>
      <span aria-hidden="true">/</span>
      <h1 className="crumb-here">
        <NameText name={model.name} />
      </h1>
    </nav>
  );
}
