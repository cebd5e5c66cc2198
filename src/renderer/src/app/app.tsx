import { useEffect, useMemo } from 'react';
import { CompareScreen } from '../features/compare';
import { ExploreScreen } from '../features/explore';
import { HomeScreen } from '../features/home';
import { ModelsScreen } from '../features/models';
import { ProblemsScreen } from '../features/problems';
import { SavingsScreen } from '../features/savings';
import { DropZone } from '../shell/drop/drop-zone';
import { Overlays } from '../shell/overlays/overlays';
import { screenTitle } from '../shell/screens';
import { Shell } from '../shell/shell';
import { Toasts } from '../shell/toasts/toasts';
import { useShortcuts } from '../shell/use-shortcuts';
import { useNavigation } from '../state/navigation';
import { useSelection } from '../state/selection';
import { useModels } from '../state/sources';
import { useAppCommands } from './use-app-commands';

export function App() {
  useShortcuts();
  useAppCommands();
  useForgetClosedModels();
  const screen = useNavigation((state) => state.location.screen);
  useEffect(() => {
    document.title = `${screenTitle(screen)} – Tessera`;
    // The focus left with the screen before: Tab goes on from the start of this one.
    if (document.activeElement === document.body) {
      document.getElementById('content')?.focus({ preventScroll: true });
    }
  }, [screen]);
  return (
    <>
      <Shell>
        <CurrentScreen />
      </Shell>
      <Overlays />
      <DropZone />
      <Toasts />
    </>
  );
}

function CurrentScreen() {
  const screen = useNavigation((state) => state.location.screen);
  switch (screen) {
    case 'home':
      return <HomeScreen />;
    case 'models':
      return <ModelsScreen />;
    case 'explore':
      return <ExploreScreen />;
    case 'compare':
      return <CompareScreen />;
    case 'savings':
      return <SavingsScreen />;
    case 'problems':
      return <ProblemsScreen />;
  }
}

/** Models can leave (a source is closed, a file vanishes): nothing may go on pointing at them. */
function useForgetClosedModels(): void {
  const { models, loaded } = useModels();
  const open = useMemo(() => new Set(models.map((model) => model.id)), [models]);
  useEffect(() => {
    if (!loaded) return;
    useSelection.getState().forgetMissing(open);
    useNavigation.getState().forgetMissing(open);
  }, [open, loaded]);
}
