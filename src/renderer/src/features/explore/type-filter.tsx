import type { FragmentType, TypeShare } from '../../../../shared/domain';
import { formatCount } from '../../lib/format';
import { inTypeOrder, typeLabel } from '../../lib/fragment-types';
import { ChoiceFilter } from './choice-filter';

interface TypeFilterProps {
  /** All types of the model. */
  readonly types: readonly TypeShare[];
  /** Empty: any. */
  readonly chosen: readonly FragmentType[];
  readonly onChange: (chosen: readonly FragmentType[]) => void;
}

/** Any of several fragment types, with how many tensors are of each. */
export function TypeFilter({ types, chosen, onChange }: TypeFilterProps) {
  const choices = inTypeOrder(types.map(({ type }) => type)).map((value) => ({
    value,
    label: typeLabel(value),
    note: formatCount(types.find(({ type }) => type === value)?.tensors ?? 0),
  }));
  return <ChoiceFilter what="type" choices={choices} chosen={chosen} onChange={onChange} />;
}
