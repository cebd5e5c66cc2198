import { Search } from 'lucide-react';
import { type ReactNode, useContext, useMemo, useState } from 'react';
import {
  Button as AriaButton,
  Autocomplete,
  DialogTrigger,
  Input,
  ListBox,
  ListBoxItem,
  OverlayTriggerStateContext,
  Popover,
  SearchField,
} from 'react-aria-components';
import type { ModelId } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';
import { useBytes } from '../../lib/format';
import { fuzzyFind } from '../../lib/fuzzy';
import { titleText } from '../../lib/hostile-text';
import { naturalCompare } from '../../lib/natural-sort';
import { useModels } from '../../state/sources';
import { NameText } from '../../widgets/name-text';
import './models.css';

interface ModelPickerProps {
  /** Of the button; also the name of the list. */
  readonly label: string;
  readonly className: string;
  /** Left out of the list. */
  readonly except: ReadonlySet<ModelId>;
  readonly isDisabled?: boolean;
  readonly onChoose: (id: ModelId) => void;
  /** What the button shows. */
  readonly children: ReactNode;
}

const shownAtMost = 50;

/** A button that opens a list of the open models, narrowed by typing. */
export function ModelPicker(props: ModelPickerProps) {
  const { label, className, isDisabled = false, children } = props;
  return (
    <DialogTrigger>
      <AriaButton className={className} aria-label={label} isDisabled={isDisabled}>
        {children}
      </AriaButton>
      {/* The popover is the dialog itself: its hidden buttons for closing are then inside of it. */}
      <Popover className="cmp-popover" placement="bottom start" aria-label={label}>
        <Candidates except={props.except} onChoose={props.onChoose} />
      </Popover>
    </DialogTrigger>
  );
}

type CandidatesProps = Pick<ModelPickerProps, 'except' | 'onChoose'>;

function Candidates({ except, onChoose }: CandidatesProps) {
  const bytes = useBytes();
  const overlay = useContext(OverlayTriggerStateContext);
  const [query, setQuery] = useState('');
  const found = useCandidates(except, query);
  return (
    <Autocomplete inputValue={query} onInputChange={setQuery}>
      <SearchField className="cmp-search" aria-label="Find a model" autoFocus maxLength={200}>
        <Search size={14} aria-hidden="true" />
        <Input className="cmp-search-input" placeholder="Find a model…" />
      </SearchField>
      <ListBox
        className="cmp-list"
        aria-label="Models"
        items={found}
        onAction={(key) => {
          const model = found.find(({ id }) => id === key);
          if (!model) return;
          overlay?.close();
          onChoose(model.id);
        }}
        renderEmptyState={() => <p className="cmp-list-empty">No model with tensors fits.</p>}
      >
        {(model) => (
          <ListBoxItem id={model.id} textValue={titleText(model.name)} className="cmp-list-item">
            <NameText name={model.name} />
            <NameText name={model.folder} className="cmp-list-note" />
            <span className="cmp-list-note num">{bytes(model.logicalBytes)}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </Autocomplete>
  );
}

function useCandidates(except: ReadonlySet<ModelId>, query: string): readonly ModelSummary[] {
  const { models } = useModels();
  return useMemo(() => {
    const all = models
      .filter((model) => model.tensors > 0 && !except.has(model.id))
      .sort((a, b) => naturalCompare(a.name, b.name));
    return fuzzyFind(all, (model) => model.name, query, shownAtMost);
  }, [models, except, query]);
}
