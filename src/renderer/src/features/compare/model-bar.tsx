import { ArrowLeftRight, ChevronsUpDown, Plus, X } from 'lucide-react';
import { useMemo } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { ModelId } from '../../../../shared/base';
import type { ModelSummary } from '../../../../shared/domain';
import { titleText } from '../../lib/hostile-text';
import { goCompare, MOST_OTHERS, withBase, withModel, withoutModel } from '../../state/compare';
import type { Comparison } from '../../state/navigation';
import { clipLabel } from '../../widgets/charts';
import { ModelPicker } from './model-picker';
import './models.css';

interface ModelBarProps {
  readonly comparison: Comparison;
  readonly byId: ReadonlyMap<ModelId, ModelSummary>;
}

const short = (name: string): string => titleText(name).slice(0, 200);

/** Which models are compared: the base, and what is held against it. */
export function ModelBar({ comparison, byId }: ModelBarProps) {
  const { a, b } = comparison;
  const nameOf = (id: ModelId) => byId.get(id)?.name ?? 'a closed model';
  const onlyBase = useMemo(() => new Set([a]), [a]);
  const used = useMemo(() => new Set([a, ...b]), [a, b]);
  return (
    <div className="cmp-models">
      <span className="cmp-models-label">Base (A)</span>
      <ModelPicker
        label={`Base: ${short(nameOf(a))}. Choose another.`}
        className="cmp-base"
        except={onlyBase}
        onChoose={(id) => goCompare(withBase(comparison, id))}
      >
        <ShortName name={nameOf(a)} />
        <ChevronsUpDown size={14} aria-hidden="true" />
      </ModelPicker>
      <span className="cmp-models-label">{b.length === 0 ? '' : 'with (B)'}</span>
      <ul className="cmp-chips" aria-label="Compared with the base">
        {b.map((id) => (
          <li key={id} className="cmp-chip">
            <ShortName name={nameOf(id)} />
            <ChipButton
              label={`Make ${short(nameOf(id))} the base`}
              onPress={() => goCompare(withBase(comparison, id))}
            >
              <ArrowLeftRight size={13} aria-hidden="true" />
            </ChipButton>
            <ChipButton
              label={`Leave out ${short(nameOf(id))}`}
              onPress={() => goCompare(withoutModel(comparison, id))}
            >
              <X size={13} aria-hidden="true" />
            </ChipButton>
          </li>
        ))}
        {b.length === 0 ? null : (
          <li>
            <ModelPicker
              label="Add another model"
              className="btn btn-plain btn-small cmp-add"
              except={used}
              isDisabled={b.length >= MOST_OTHERS}
              onChoose={(id) => goCompare(withModel(comparison, id))}
            >
              <Plus size={13} aria-hidden="true" />
              Add
            </ModelPicker>
          </li>
        )}
      </ul>
    </div>
  );
}

/** As wide as it is, so that several stand in a line; names differ at their ends. */
const ShortName = ({ name }: { readonly name: string }) => (
  <bdi className="cmp-short" title={titleText(name)}>
    {clipLabel(name, 24)}
  </bdi>
);

interface ChipButtonProps {
  readonly label: string;
  readonly onPress: () => void;
  readonly children: React.ReactNode;
}

const ChipButton = ({ label, onPress, children }: ChipButtonProps) => (
  <span title={label}>
    <AriaButton className="cmp-chip-button" aria-label={label} onPress={onPress}>
      {children}
    </AriaButton>
  </span>
);
