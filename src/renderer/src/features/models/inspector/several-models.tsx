import { GitCompare } from 'lucide-react';
import { useMemo } from 'react';
import type { ModelId } from '../../../../../shared/base';
import { useQuery } from '../../../client';
import { counted, formatCount, formatShare, useBytes } from '../../../lib/format';
import { titleText } from '../../../lib/hostile-text';
import { useCommands } from '../../../state/commands';
import { comparisonOf, goCompare, MOST_OTHERS } from '../../../state/compare';
import { useSelection } from '../../../state/selection';
import { useModels } from '../../../state/sources';
import { useToasts } from '../../../state/toasts';
import { Button } from '../../../widgets/button';
import { clipLabel } from '../../../widgets/charts';
import { ErrorNote, Skeleton } from '../../../widgets/empty-state';
import { NameText } from '../../../widgets/name-text';
import { Term } from '../../../widgets/term';

const shownAtMost = 12;

/** Several models taken together. Exclusive sizes do not sum, so the engine computes the union. */
export function SeveralModels({ modelIds }: { readonly modelIds: readonly ModelId[] }) {
  const bytes = useBytes();
  const sorted = useMemo(() => modelIds.toSorted(), [modelIds]);
  const { data: union, error } = useQuery(
    'models.union',
    { modelIds: sorted },
    { keepPrevious: true },
  );
  if (error && !union) return <ErrorNote error={error} />;
  if (!union) return <Skeleton lines={4} />;
  const known = union.pendingModels < union.models;
  const shown = (value: number) =>
    known ? bytes(value) : <span className="models-pending">pending</span>;
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">{counted(modelIds.length, 'model')} selected</span>
        <h2 className="insp-title">Union, not a sum</h2>
        <dl className="insp-list">
          <dt>
            <Term term="logical" />
          </dt>
          <dd>{bytes(union.logicalBytes)}</dd>
          <dt>
            <Term term="unique" />
          </dt>
          <dd>{shown(union.uniqueBytes)}</dd>
          <dt>
            <Term term="freed" />
          </dt>
          <dd>{shown(union.exclusiveBytes)}</dd>
        </dl>
        {union.pendingModels > 0 ? (
          <p className="muted">
            {counted(union.pendingModels, 'model')} still pending: unique and freed bytes count the
            others only.
          </p>
        ) : (
          <UnionBar
            logical={union.logicalBytes}
            unique={union.uniqueBytes}
            freed={union.exclusiveBytes}
          />
        )}
      </section>
      <CompareAction modelIds={modelIds} />
      <SelectedList modelIds={modelIds} />
    </>
  );
}

/** Compares what is selected with the model that was selected first. */
function CompareAction({ modelIds }: { readonly modelIds: readonly ModelId[] }) {
  const { models } = useModels();
  const comparable = useMemo(() => {
    const withTensors = new Set(models.filter((model) => model.tensors > 0).map(({ id }) => id));
    return modelIds.filter((id) => withTensors.has(id));
  }, [models, modelIds]);
  const comparison = comparisonOf(comparable);
  const base = models.find((model) => model.id === comparison?.a);
  const left = modelIds.length - comparable.length;
  const beyond = comparable.length - 1 - MOST_OTHERS;
  const compare = () => {
    if (comparison) goCompare(comparison);
    else {
      useToasts.getState().show({
        tone: 'info',
        title: 'Comparing needs two models that hold tensors.',
        detail: 'Select another one.',
      });
    }
  };
  useCommands([
    {
      id: 'compare-models',
      group: 'Model',
      title: 'Compare the selected models',
      keys: 'Ctrl+D',
      run: compare,
    },
  ]);
  return (
    <div className="insp-actions">
      <Button
        tone="primary"
        icon={<GitCompare size={14} aria-hidden="true" />}
        isDisabled={comparison === undefined}
        onPress={compare}
      >
        Compare
      </Button>
      <p className="muted">
        {base ? (
          <>
            The base is <bdi title={titleText(base.name)}>{clipLabel(base.name, 40)}</bdi>, which
            was selected first.
          </>
        ) : (
          'Comparing needs two models that hold tensors.'
        )}
        {base && left > 0 ? ` ${counted(left, 'model')} without tensors left out.` : ''}
        {base && beyond > 0 ? ` Only the first ${MOST_OTHERS + 1} are compared.` : ''}
      </p>
    </div>
  );
}

interface UnionBarProps {
  readonly logical: number;
  readonly unique: number;
  readonly freed: number;
}

/** Of the files' bytes: what leaves with the selection, what others keep, what was there twice. */
function UnionBar({ logical, unique, freed }: UnionBarProps) {
  const bytes = useBytes();
  if (logical <= 0) return null;
  const parts = [
    { name: 'only in these', value: freed, kind: 'only' },
    { name: 'others have it too', value: unique - freed, kind: 'kept' },
    { name: 'repeats among these', value: logical - unique, kind: 'twice' },
  ] as const;
  return (
    <div className="union">
      <div className="union-bar" aria-hidden="true">
        {parts.map((part) => (
          <i
            key={part.kind}
            className={`union-${part.kind}`}
            style={{ width: `${(Math.max(0, part.value) / logical) * 100}%` }}
          />
        ))}
      </div>
      <ul>
        {parts.map((part) => (
          <li key={part.kind}>
            <i className={`share-key union-${part.kind}`} aria-hidden="true" />
            <span>{part.name}</span>
            <span className="num">{bytes(part.value)}</span>
            <span className="num muted">{formatShare(part.value, logical)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SelectedList({ modelIds }: { readonly modelIds: readonly ModelId[] }) {
  const bytes = useBytes();
  const { models } = useModels();
  const clear = useSelection((state) => state.clear);
  const byId = useMemo(() => new Map(models.map((model) => [model.id, model])), [models]);
  const shown = modelIds.slice(0, shownAtMost).flatMap((id) => byId.get(id) ?? []);
  const rest = modelIds.length - shown.length;
  return (
    <section className="insp-section">
      <h3>Selected</h3>
      <ul className="models-files">
        {shown.map((model) => (
          <li key={model.id}>
            <NameText name={model.name} />
            <span className="num">{bytes(model.logicalBytes)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="muted">and {formatCount(rest)} more</p> : null}
      <Button size="small" className="models-clear" onPress={clear}>
        Clear the selection
      </Button>
    </section>
  );
}
