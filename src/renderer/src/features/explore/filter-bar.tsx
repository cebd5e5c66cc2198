import { CircleHelp, Regex, Search, X } from 'lucide-react';
import { type ReactNode, type Ref, useEffect, useId, useRef, useState } from 'react';
import {
  Button as AriaButton,
  Dialog,
  DialogTrigger,
  Popover,
  ToggleButton,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import type { TypeShare } from '../../../../shared/domain';
import type { ClientError } from '../../client';
import { NameText } from '../../widgets/name-text';
import { DtypeFilter } from './dtype-filter';
import { failedField, regexHelp, shapeHelp } from './filter-help';
import { TypeFilter } from './type-filter';
import type { ModelView } from './view-state';
import './filter-bar.css';

interface FilterBarProps {
  readonly view: ModelView;
  readonly dtypes: readonly string[];
  readonly types: readonly TypeShare[];
  readonly error: ClientError | undefined;
  readonly onChange: (patch: Partial<ModelView>) => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

const TYPING_MS = 160;

/** Name, shape, dtype and type; what is wrong with them stands right below. */
export function FilterBar(props: FilterBarProps) {
  const { view, dtypes, types, error, onChange, searchRef } = props;
  const failure = useId();
  const wrong = error ? failedField(error.message, view.regex) : undefined;
  return (
    <div className="fb">
      <div className="fb-row">
        <TextFilter
          label="Filter by name"
          placeholder={view.regex ? 'Regular expression' : 'Filter by name'}
          value={view.text}
          onChange={(text) => onChange({ text })}
          invalid={wrong === 'text'}
          describedBy={failure}
          inputRef={searchRef}
          className="fb-name"
          maxLength={1000}
          icon={<Search size={14} aria-hidden="true" />}
        >
          <TooltipTrigger delay={400} closeDelay={0}>
            <ToggleButton
              className="fb-icon fb-regex"
              aria-label="Regular expression"
              isSelected={view.regex}
              onChange={(regex) => onChange({ regex })}
            >
              <Regex size={14} aria-hidden="true" />
            </ToggleButton>
            <Tooltip className="tip" offset={6}>
              {regexHelp}
            </Tooltip>
          </TooltipTrigger>
        </TextFilter>
        <TextFilter
          label="Filter by shape"
          placeholder="Shape: 4096x*"
          value={view.shape}
          onChange={(shape) => onChange({ shape })}
          invalid={wrong === 'shape'}
          describedBy={failure}
          className="fb-shape"
          maxLength={200}
        >
          <ShapeHelp />
        </TextFilter>
        <DtypeFilter
          dtypes={dtypes}
          chosen={view.dtypes}
          onChange={(chosen) => onChange({ dtypes: chosen })}
        />
        <TypeFilter
          types={types}
          chosen={view.types}
          onChange={(chosen) => onChange({ types: chosen })}
        />
      </div>
      {error ? (
        <p className="fb-error" id={failure} role="alert">
          {error.message} {error.hint}
        </p>
      ) : null}
      {view.prefix === '' ? null : (
        <div className="fb-chips">
          <span className="fb-chip">
            <span className="fb-chip-label">Below</span>
            <NameText name={view.prefix} mono />
            <AriaButton
              className="fb-chip-x"
              aria-label="Show all tensors, not only those below this name"
              onPress={() => onChange({ prefix: '' })}
            >
              <X size={12} aria-hidden="true" />
            </AriaButton>
          </span>
        </div>
      )}
    </div>
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly invalid: boolean;
  readonly describedBy: string;
  readonly className: string;
  readonly maxLength: number;
  readonly icon?: ReactNode;
  readonly inputRef?: Ref<HTMLInputElement>;
  /** At the end of the field. */
  readonly children: ReactNode;
}

/** A text field that reports what was typed after a short pause, and at once when cleared. */
function TextFilter(props: TextFilterProps) {
  const { label, value, onChange, invalid, className } = props;
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    setText(value);
    return () => clearTimeout(timer.current);
  }, [value]);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), next === '' ? 0 : TYPING_MS);
  };
  return (
    <div className={`fb-field ${className} ${invalid ? 'fb-invalid' : ''}`}>
      {props.icon}
      <input
        ref={props.inputRef}
        type="text"
        className="fb-input"
        aria-label={label}
        placeholder={props.placeholder}
        value={text}
        maxLength={props.maxLength}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={invalid || undefined}
        aria-describedby={invalid ? props.describedBy : undefined}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return;
          event.stopPropagation();
          change('');
        }}
      />
      {text === '' ? null : (
        <AriaButton className="fb-icon" aria-label="Clear this field" onPress={() => change('')}>
          <X size={13} aria-hidden="true" />
        </AriaButton>
      )}
      {props.children}
    </div>
  );
}

function ShapeHelp() {
  return (
    <DialogTrigger>
      <AriaButton className="fb-icon" aria-label="How to filter by shape">
        <CircleHelp size={14} aria-hidden="true" />
      </AriaButton>
      <Popover className="fb-popover" placement="bottom end">
        <Dialog className="fb-help-text" aria-label="How to filter by shape">
          <p>Sizes joined by x, * for any size.</p>
          <dl>
            {shapeHelp.map(({ write, means }) => (
              <div key={write}>
                <dt className="mono">{write}</dt>
                <dd>{means}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
