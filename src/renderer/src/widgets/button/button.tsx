import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  ToggleButton,
  ToggleButtonGroup,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import './button.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly children: ReactNode;
  readonly tone?: 'plain' | 'primary' | 'quiet';
  readonly size?: 'small' | 'medium';
  readonly icon?: ReactNode;
  readonly className?: string;
}

export function Button(props: ButtonProps) {
  const { tone = 'plain', size = 'medium', icon, children, className = '', ...rest } = props;
  return (
    <AriaButton {...rest} className={`btn btn-${tone} btn-${size} ${className}`}>
      {icon}
      {children}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  /** Read out, and shown as the tooltip. */
  readonly label: string;
  readonly keys?: string;
  readonly icon: ReactNode;
}

/** A button that is only an icon: its name is its label and its tooltip. */
export function IconButton({ label, keys, icon, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <AriaButton {...rest} aria-label={label} className="btn btn-quiet btn-icon">
        {icon}
      </AriaButton>
      <Tooltip className="tip" offset={6}>
        {label}
        {keys ? <kbd>{keys}</kbd> : null}
      </Tooltip>
    </TooltipTrigger>
  );
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** One choice of a few, all visible. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, onChange } = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      className="seg"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value));
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} id={option.value} className="seg-item">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
