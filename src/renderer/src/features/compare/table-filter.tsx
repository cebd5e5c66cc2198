import { Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button as AriaButton, ToggleButton } from 'react-aria-components';
import { useCommands } from '../../state/commands';
import { useCompareFocus, useCompareView } from '../../state/compare';
import { NameText } from '../../widgets/name-text';
import type { Compared } from './compared';

const TYPING_MS = 160;

/** What the table is limited to: differences, a text, a layer, a model. */
export function TableFilter({ compared }: { readonly compared: Compared }) {
  const { key, nameOf } = compared;
  const { text, layer, model } = useCompareFocus(key);
  const { differencesOnly, change, changeFocus } = useCompareView();
  return (
    <div className="cmp-filter">
      <ToggleButton
        className="cmp-toggle"
        isSelected={differencesOnly}
        onChange={(on) => change({ differencesOnly: on })}
      >
        <span aria-hidden="true">{differencesOnly ? '✓' : ''}</span>
        Differences only
      </ToggleButton>
      <TextFilter value={text} onChange={(next) => changeFocus(key, { text: next })} />
      {layer ? (
        <Chip
          label="Layer"
          clear="Show all layers"
          onClear={() => changeFocus(key, { layer: undefined })}
        >
          <NameText name={layer.label} full={layer.prefix} />
        </Chip>
      ) : null}
      {model ? (
        <Chip
          label="Model"
          clear="Show all models"
          onClear={() => changeFocus(key, { model: undefined })}
        >
          <NameText name={nameOf(model)} />
        </Chip>
      ) : null}
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  readonly clear: string;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

const Chip = ({ label, clear, onClear, children }: ChipProps) => (
  <span className="cmp-filter-chip">
    <span className="muted">{label}</span>
    {children}
    <span title={clear}>
      <AriaButton className="cmp-chip-button" aria-label={clear} onPress={onClear}>
        <X size={12} aria-hidden="true" />
      </AriaButton>
    </span>
  </span>
);

interface TextFilterProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Reports what was typed after a short pause, and at once when cleared. */
function TextFilter({ value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    setText(value);
    return () => clearTimeout(timer.current);
  }, [value]);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), next === '' ? 0 : TYPING_MS);
  };
  useCommands([
    {
      id: 'find',
      group: 'View',
      title: 'Filter the compared tensors by name',
      keys: 'Ctrl+F',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  return (
    <div className="cmp-text-filter">
      <Search size={14} aria-hidden="true" />
      <input
        ref={input}
        type="text"
        className="cmp-search-input"
        aria-label="Filter by name"
        placeholder="Filter by name"
        value={text}
        maxLength={1000}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return;
          event.stopPropagation();
          type('');
        }}
      />
      {text === '' ? null : (
        <AriaButton
          className="cmp-chip-button"
          aria-label="Clear this field"
          onPress={() => type('')}
        >
          <X size={13} aria-hidden="true" />
        </AriaButton>
      )}
    </div>
  );
}
