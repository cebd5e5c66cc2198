import { GitCompare } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import type { ModelId } from '../../../../shared/base';
import type { CompareReport, ModelSummary } from '../../../../shared/domain';
import { useQuery } from '../../client';
import { goCompare, withModel } from '../../state/compare';
import { type Comparison, useNavigation } from '../../state/navigation';
import { useModels } from '../../state/sources';
import { EmptyState, ErrorNote, Skeleton } from '../../widgets/empty-state';
import { InspectorPortal } from '../../widgets/slots';
import './compare.css';
import { type Compared, useCompared } from './compared';
import { CompareInspector } from './inspector';
import { MapCard } from './map-card';
import { ModelBar } from './model-bar';
import { ModelPicker } from './model-picker';
import { NotReady } from './not-ready';
import { Start } from './start';
import { TensorTable } from './tensor-table';
import { useMeasureOnce } from './use-measuring';
import { Verdict } from './verdict';

/** Two or more models side by side: a sentence, a bar, a map of layers, every tensor. */
export function CompareScreen() {
  const comparison = useNavigation((state) => state.location.compare);
  const { models, loaded } = useModels();
  const byId = useMemo(() => new Map(models.map((model) => [model.id, model])), [models]);
  if (!loaded) return <Loading />;
  if (!comparison || !byId.has(comparison.a)) {
    return (
      <div className="screen">
        <Start />
      </div>
    );
  }
  return <Chosen comparison={comparison} byId={byId} />;
}

const Loading = () => (
  <div className="screen">
    <Skeleton />
  </div>
);

interface ChosenProps {
  readonly comparison: Comparison;
  readonly byId: ReadonlyMap<ModelId, ModelSummary>;
}

function Chosen({ comparison, byId }: ChosenProps) {
  const compared = useCompared(comparison, byId);
  useFocusAgain(compared.key);
  return (
    <div className="screen screen-scroll cmp">
      <ModelBar comparison={comparison} byId={byId} />
      {comparison.b.length === 0 ? (
        <NoOther comparison={comparison} />
      ) : (
        <Answer key={compared.key} compared={compared} />
      )}
    </div>
  );
}

/** What was chosen with may leave the screen with the choice: Tab goes on from the start of it. */
function useFocusAgain(key: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another comparison is what matters.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      document.getElementById('content')?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [key]);
}

function NoOther({ comparison }: { readonly comparison: Comparison }) {
  const base = useMemo(() => new Set([comparison.a]), [comparison.a]);
  return (
    <EmptyState
      icon={<GitCompare size={20} />}
      title="Compare the base with what?"
      actions={
        <ModelPicker
          label="Choose a model to compare with"
          className="btn btn-primary btn-medium"
          except={base}
          onChoose={(id) => goCompare(withModel(comparison, id))}
        >
          Choose a model…
        </ModelPicker>
      }
    >
      Its fine-tune, another checkpoint, or the same model in another format.
    </EmptyState>
  );
}

function Answer({ compared }: { readonly compared: Compared }) {
  const { a, b } = compared.comparison;
  const { data: reports, error } = useQuery('compare.report', { a, b: [...b] });
  const ready = reports !== undefined && error === undefined;
  useMeasureOnce(compared, ready);
  if (error?.code === 'not-ready') return <NotReady models={compared.models} error={error} />;
  if (error && !reports) return <ErrorNote error={error} />;
  if (!reports) return <Skeleton lines={9} />;
  return <Result compared={compared} reports={reports} />;
}

interface ResultProps {
  readonly compared: Compared;
  readonly reports: readonly CompareReport[];
}

function Result({ compared, reports }: ResultProps) {
  return (
    <>
      <Verdict compared={compared} reports={reports} />
      <MapCard compared={compared} />
      <TensorTable compared={compared} reports={reports} />
      <InspectorPortal>
        <CompareInspector compared={compared} reports={reports} />
      </InspectorPortal>
    </>
  );
}
