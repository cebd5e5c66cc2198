import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { ModelSummary } from '../../../../shared/domain';
import { useBytes } from '../../lib/format';
import { fuzzyFind } from '../../lib/fuzzy';
import { groupBy } from '../../lib/group';
import { showChord } from '../../lib/keys';
import { naturalCompare } from '../../lib/natural-sort';
import { allCommands, type Command, useCommandStore } from '../../state/commands';
import { useNavigation } from '../../state/navigation';
import { useSelection } from '../../state/selection';
import { useModels } from '../../state/sources';
import { useUi } from '../../state/ui';
import { Dialog } from '../../widgets/dialog';
import { NameText } from '../../widgets/name-text';
import './palette.css';

const shownModels = 50;

interface PaletteProps {
  /** `jump` lists models only. */
  readonly mode: 'commands' | 'jump';
}

/** Everything that can be done and every model, found by typing. */
export function Palette({ mode }: PaletteProps) {
  const close = useUi((state) => state.close);
  const [query, setQuery] = useState('');
  const commands = useMatchingCommands(mode === 'commands' ? query : undefined);
  const models = useMatchingModels(mode === 'jump' || query !== '' ? query : undefined);
  const hint = mode === 'jump' ? 'Go to a model…' : 'Search or run…';
  const run = (action: () => void) => {
    close();
    action();
  };
  return (
    <Dialog title={hint} bare place="top" onClose={close}>
      <Cmdk label={hint} shouldFilter={false} loop className="palette">
        <div className="palette-head">
          <Search size={16} aria-hidden="true" />
          <Cmdk.Input
            autoFocus
            className="palette-input"
            placeholder={hint}
            value={query}
            maxLength={200}
            onValueChange={setQuery}
          />
        </div>
        <Cmdk.List className="palette-list" label="Results">
          <Cmdk.Empty className="palette-empty">
            {mode === 'jump' && query === '' ? 'No model is open.' : 'Nothing fits.'}
          </Cmdk.Empty>
          {commands.map(([group, items]) => (
            <Group key={group} title={group}>
              {items.map((command) => (
                <CommandItem key={command.id} command={command} run={run} />
              ))}
            </Group>
          ))}
          {models.length > 0 ? (
            <Group title="Models">
              {models.map((model) => (
                <ModelItem key={model.id} model={model} run={run} />
              ))}
            </Group>
          ) : null}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}

type Run = (action: () => void) => void;

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Cmdk.Group heading={title} className="palette-group">
      {children}
    </Cmdk.Group>
  );
}

function CommandItem({ command, run }: { readonly command: Command; readonly run: Run }) {
  return (
    <Cmdk.Item value={command.id} className="palette-item" onSelect={() => run(command.run)}>
      <span>{command.title}</span>
      {command.keys ? <kbd>{showChord(command.keys)}</kbd> : null}
    </Cmdk.Item>
  );
}

function ModelItem({ model, run }: { readonly model: ModelSummary; readonly run: Run }) {
  const bytes = useBytes();
  return (
    <Cmdk.Item
      value={model.id}
      className="palette-item palette-model"
      onSelect={() =>
        run(() => {
          useSelection.getState().set([model.id]);
          useNavigation.getState().go({ screen: 'explore', modelId: model.id });
        })
      }
    >
      <NameText name={model.name} />
      <NameText name={model.folder} className="palette-note" />
      <span className="palette-note num">{bytes(model.logicalBytes)}</span>
    </Cmdk.Item>
  );
}

function useMatchingCommands(query: string | undefined) {
  const byOwner = useCommandStore((state) => state.byOwner);
  return useMemo(() => {
    if (query === undefined) return [];
    const found = fuzzyFind(
      allCommands(byOwner),
      (command) => `${command.group} ${command.title}`,
      query,
      100,
    );
    return [...groupBy(found, (command) => command.group)];
  }, [byOwner, query]);
}

function useMatchingModels(query: string | undefined): readonly ModelSummary[] {
  const { models } = useModels();
  const sorted = useMemo(() => models.toSorted((a, b) => naturalCompare(a.name, b.name)), [models]);
  return useMemo(
    () => (query === undefined ? [] : fuzzyFind(sorted, (model) => model.name, query, shownModels)),
    [sorted, query],
  );
}
