import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import type { ModelId } from '../../../../../shared/base';
import type { FragmentType } from '../../../../../shared/domain';
import type { ParamsOf } from '../../../../../shared/ipc';
import { useQuery } from '../../../client';
import { counted, formatCount, useBytes } from '../../../lib/format';
import { typeWords } from '../../../lib/fragment-types';
import { Term } from '../../../widgets/term';
import { toggledIn, useView, useViews } from '../view-state';
import { type TypeBar, typeBars } from './type-bars';
import './type-breakdown.css';

/** The types alone: a page without rows. */
const typesOnly = (modelId: ModelId): ParamsOf<'tensors.page'> => ({
  modelId,
  filter: {},
  sort: { key: 'file', direction: 'ascending' },
  offset: 0,
  limit: 0,
});

/** How a model's bytes divide among what its tensors do; a bar limits the table to its type. */
export function TypeBreakdown({ modelId }: { readonly modelId: ModelId }) {
  const { data } = useQuery('tensors.page', typesOnly(modelId));
  const chosen = useView(modelId).types;
  const change = useViews((state) => state.change);
  const bars = typeBars(data?.types ?? [], chosen);
  if (bars.length === 0) return null;
  const set = (types: readonly FragmentType[]) => change(modelId, { types });
  return (
    <section className="insp-section">
      <div className="tb-head">
        <span className="insp-label">
          <Term term="fragment-type">Bytes by type</Term>
        </span>
        {chosen.length === 0 ? null : (
          <AriaButton className="tb-all" onPress={() => set([])}>
            Show all types
          </AriaButton>
        )}
      </div>
      <table className="tb">
        <caption className="visually-hidden">
          Bytes by type of tensor. Choose a type to limit the table to it.
        </caption>
        <colgroup>
          <col />
          <col className="tb-bytes" />
          <col className="tb-share" />
        </colgroup>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Bytes</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <Line
              key={bar.type}
              bar={bar}
              pressed={chosen.includes(bar.type)}
              onPress={() => set(toggledIn(chosen, bar.type))}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface LineProps {
  readonly bar: TypeBar;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Line({ bar, pressed, onPress }: LineProps) {
  const bytes = useBytes();
  const { label, meaning } = typeWords[bar.type];
  const tensors = counted(bar.tensors, 'tensor');
  return (
    <tr className={bar.shown ? undefined : 'tb-off'}>
      <th scope="row">
        <TooltipTrigger delay={400} closeDelay={0}>
          <AriaButton className="tb-pick" aria-pressed={pressed} onPress={onPress}>
            <span className="tb-name">
              {label} <span className="tb-count">× {formatCount(bar.tensors)}</span>
            </span>
            <span className="tb-track" aria-hidden="true">
              <i style={{ width: `${bar.width}%` }} />
            </span>
          </AriaButton>
          <Tooltip className="tip tb-tip" offset={6} placement="left">
            <b>
              {label}: {bytes(bar.bytes)} in {tensors}
            </b>
            <span>{meaning}</span>
            <span className="muted">
              {pressed ? 'Choose again to show other types too.' : 'Choose to see only these.'}
            </span>
          </Tooltip>
        </TooltipTrigger>
      </th>
      <td>{bytes(bar.bytes)}</td>
      <td className="muted">{bar.share}</td>
    </tr>
  );
}
