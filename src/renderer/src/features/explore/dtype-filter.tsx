import { visibleText } from '../../lib/hostile-text';
import { ChoiceFilter } from './choice-filter';

interface DtypeFilterProps {
  /** All dtypes of the model. */
  readonly dtypes: readonly string[];
  /** Empty: any. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

const CLIP = 40;

/** Any of several dtypes; their names come from files. */
export function DtypeFilter({ dtypes, chosen, onChange }: DtypeFilterProps) {
  const choices = dtypes.map((value) => ({ value, label: visibleText(value).slice(0, CLIP) }));
  return <ChoiceFilter what="dtype" mono choices={choices} chosen={chosen} onChange={onChange} />;
}
