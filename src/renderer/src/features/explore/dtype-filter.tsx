import { ChevronDown } from 'lucide-react';
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection,
} from 'react-aria-components';
import { visibleText } from '../../lib/hostile-text';

interface DtypeFilterProps {
  /** All dtypes of the model. */
  readonly dtypes: readonly string[];
  /** Empty: any. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

const CLIP = 40;
const shown = (dtype: string): string => visibleText(dtype).slice(0, CLIP);

/** Any of several dtypes. Nothing chosen means all of them. */
export function DtypeFilter({ dtypes, chosen, onChange }: DtypeFilterProps) {
  const change = (keys: Selection) =>
    onChange(keys === 'all' ? dtypes : dtypes.filter((dtype) => keys.has(dtype)));
  const [first] = chosen;
  const label =
    first === undefined
      ? 'Any dtype'
      : chosen.length === 1
        ? shown(first)
        : `${chosen.length} dtypes`;
  return (
    <MenuTrigger>
      <AriaButton
        className={`fb-field fb-dtype ${chosen.length > 0 ? 'fb-on' : ''}`}
        aria-label={`Filter by dtype: ${label}`}
        isDisabled={dtypes.length === 0}
      >
        <span className="fb-dtype-text">{label}</span>
        <ChevronDown size={14} aria-hidden="true" />
      </AriaButton>
      <Popover className="fb-popover" placement="bottom end">
        <Menu
          className="fb-menu"
          aria-label="Dtypes"
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={change}
        >
          {dtypes.map((dtype) => (
            <MenuItem key={dtype} id={dtype} textValue={shown(dtype)} className="fb-menu-item">
              {({ isSelected }) => (
                <>
                  <span className="fb-tick" aria-hidden="true">
                    {isSelected ? '✓' : ''}
                  </span>
                  <span className="mono">{shown(dtype)}</span>
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
