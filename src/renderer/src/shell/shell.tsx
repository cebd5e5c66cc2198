import type { ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { useUi } from '../state/ui';
import { setInspectorSlot, useSlots } from '../widgets/slots';
import { JobsBar } from './jobs/jobs-bar';
import { Rail } from './rail';
import { TopBar } from './top-bar';
import './shell.css';

/** Rail, top bar, content with its inspector, and the jobs at the bottom. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const inspector = useSlots((slots) => slots.inspectorUsers > 0);
  const open = useUi((state) => state.inspectorOpen);
  const shown = inspector && open;
  return (
    <div className="app">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Rail />
      <TopBar />
      <main className="app-body">
        <Group orientation="horizontal" id="body">
          <Panel id="content-panel" minSize={360}>
            <div id="content" className="app-content" tabIndex={-1}>
              {children}
            </div>
          </Panel>
          {shown ? (
            <>
              <Separator className="split" aria-label="Width of the inspector" />
              <Panel
                id="inspector-panel"
                defaultSize={320}
                minSize={240}
                maxSize={640}
                groupResizeBehavior="preserve-pixel-size"
              >
                <aside ref={setInspectorSlot} className="inspector" aria-label="Inspector" />
              </Panel>
            </>
          ) : null}
        </Group>
      </main>
      <JobsBar />
    </div>
  );
}
