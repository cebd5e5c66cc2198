import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection,
} from 'react-aria-components';

export interface Choice<Value extends string> {
  readonly value: Value;
  /** Plain text. */
  readonly label: string;
  /** At the end of the line. */
  readonly note?: string;
}

interface ChoiceFilterProps<Value extends string> {
  /** "dtype": the button says "Any dtype", or "3 dtypes". */
  readonly what: string;
  readonly choices: readonly Choice<Value>[];
  /** Empty: any. */
  readonly chosen: readonly Value[];
  readonly onChange: (chosen: readonly Value[]) => void;
  readonly mono?: boolean;
}

/** Any of several values. Nothing chosen means all of them. */
export function ChoiceFilter<Value extends string>(props: ChoiceFilterProps<Value>) {
  const { what, choices, chosen, onChange, mono = false } = props;
  const all = choices.map(({ value }) => value);
  const change = (keys: Selection) =>
    onChange(keys === 'all' ? all : all.filter((value) => keys.has(value)));
  const label = buttonText(props);
  return (
    <MenuTrigger>
      <AriaButton
        className={`fb-field fb-dtype ${chosen.length > 0 ? 'fb-on' : ''}`}
        aria-label={`Filter by ${what}: ${label}`}
        isDisabled={choices.length === 0}
      >
        <span className="fb-dtype-text">{label}</span>
        <ChevronDown size={14} aria-hidden="true" />
      </AriaButton>
      <Popover className="fb-popover" placement="bottom end">
        <Menu
          className="fb-menu"
          aria-label={`${what[0]?.toUpperCase()}${what.slice(1)}s`}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={change}
        >
          {choices.map(({ value, label: text, note }) => (
            <MenuItem key={value} id={value} textValue={text} className="fb-menu-item">
              {({ isSelected }) => (
                <ChoiceLine selected={isSelected} note={note}>
                  <span className={mono ? 'mono' : ''}>{text}</span>
                </ChoiceLine>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface ChoiceLineProps {
  readonly selected: boolean;
  readonly note: string | undefined;
  readonly children: ReactNode;
}

function ChoiceLine({ selected, note, children }: ChoiceLineProps) {
  return (
    <>
      <span className="fb-tick" aria-hidden="true">
        {selected ? '✓' : ''}
      </span>
      {children}
      {note === undefined ? null : <span className="fb-note num">{note}</span>}
    </>
  );
}

function buttonText<Value extends string>(props: ChoiceFilterProps<Value>): string {
  const { what, choices, chosen } = props;
  const [first] = chosen;
  if (first === undefined) return `Any ${what}`;
  if (chosen.length > 1) return `${chosen.length} ${what}s`;
  return choices.find(({ value }) => value === first)?.label ?? first;
}
