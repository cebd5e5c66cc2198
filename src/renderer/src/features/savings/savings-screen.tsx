import { ChartBarStacked, Hourglass } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { ModelId } from '../../../../shared/base';
import type { SavingsReport } from '../../../../shared/domain';
import { useAction, useQuery } from '../../client';
import { counted, formatCount, useBytes } from '../../lib/format';
import { isLive, useJobs } from '../../state/jobs';
import { useNavigation } from '../../state/navigation';
import { useModels } from '../../state/sources';
import { useToasts } from '../../state/toasts';
import { Button, Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { Legend, type Part, StackedBar } from '../../widgets/charts';
import { EmptyState, ErrorNote, Skeleton } from '../../widgets/empty-state';
import { EstimateCard } from './estimate-card';
import { SavingsChart } from './savings-chart';
import { SavingsTable } from './savings-table';
import { chartRows, pendingText, verdictOf } from './savings-text';
import './savings.css';

/** What storing every identical fragment once would save, in all and per model. */
export function SavingsScreen() {
  const { data, error } = useQuery('savings.report', {});
  return (
    <div className="screen sv">
      {error ? <ErrorNote error={error} /> : null}
      {data ? <Report report={data} /> : error ? null : <Skeleton />}
    </div>
  );
}

function Report({ report }: { readonly report: SavingsReport }) {
  const bytes = useBytes();
  const go = useNavigation((state) => state.go);
  const failed = useModels().models.filter((model) => model.analysis === 'failed').length;
  const verdict = verdictOf(report, bytes);
  if (verdict.kind === 'empty') {
    return (
      <EmptyState
        icon={<ChartBarStacked size={20} />}
        title="No models are open"
        actions={
          <Button tone="primary" onPress={() => go({ screen: 'home' })}>
            Open models…
          </Button>
        }
      >
        Open two or more models that may have something in common, such as a base and its
        fine-tunes; then see here what storing shared fragments once would save.
      </EmptyState>
    );
  }
  if (verdict.kind === 'waiting') {
    return (
      <>
        <EstimateCard />
        <EmptyState icon={<Hourglass size={20} />} title={verdict.title} actions={<Fingerprint />}>
          What models share is known once their bytes were read. Figures appear here model by model
          while that goes on.
        </EmptyState>
      </>
    );
  }
  const pending = pendingText(report, failed);
  return (
    <>
      <header className="sv-head">
        <h2 className="sv-verdict">{verdict.title}</h2>
        <p className="muted">{verdict.detail}</p>
        {pending ? (
          <p className="sv-pending" role="status">
            <span aria-hidden="true">◌</span> {pending}
          </p>
        ) : null}
      </header>
      <Total report={report} />
      <EstimateCard />
      <PerModel report={report} />
    </>
  );
}

/** Starts the work that pending models wait for; not there while it is under way. */
function Fingerprint() {
  const live = useJobs((state) =>
    state.jobs.some((job) => job.kind === 'fingerprint' && isLive(job)),
  );
  const fail = useToasts((state) => state.fail);
  const { run, busy } = useAction('jobs.fingerprint', fail);
  if (live) return <span className="muted">Progress is shown at the bottom of the window.</span>;
  return (
    <Button size="small" isDisabled={busy} onPress={() => void run({})}>
      Fingerprint now
    </Button>
  );
}

/** Before and after, at one scale. */
function Total({ report }: { readonly report: SavingsReport }) {
  const bytes = useBytes();
  const part = (tone: Part['tone'], label: string, value: number): Part => ({
    tone,
    label,
    value,
    text: bytes(value),
  });
  const kept = part('unique', 'kept once', report.uniqueBytes);
  const parts = [
    kept,
    part('shared', 'copies in other models', report.savedAcrossModels),
    part('repeated', 'repeats inside a model', report.savedInsideModels),
  ].filter(({ tone, value }) => tone === 'unique' || value > 0);
  return (
    <section className="sv-total" aria-label="Before and after">
      <span className="muted">Now</span>
      <StackedBar parts={parts} whole={report.logicalBytes} label="Size now" />
      <b className="num">{bytes(report.logicalBytes)}</b>
      <span className="muted">Stored once</span>
      <StackedBar parts={[kept]} whole={report.logicalBytes} label="Size if stored once" />
      <b className="num">{bytes(report.uniqueBytes)}</b>
      <div className="sv-legend">
        <Legend parts={parts} />
      </div>
    </section>
  );
}

const MOST_BARS = 100;
type View = 'chart' | 'table';
const views = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

function PerModel({ report }: { readonly report: SavingsReport }) {
  const [view, setView] = useState<View>('chart');
  const bytes = useBytes();
  const { models } = report;
  const rows = useMemo(() => chartRows(models, MOST_BARS), [models]);
  const open = useCallback(
    (modelId: ModelId) => useNavigation.getState().go({ screen: 'explore', modelId }),
    [],
  );
  const sum = (key: 'sharedBytes' | 'repeatedBytes' | 'exclusiveBytes') =>
    bytes(models.reduce((total, model) => total + model[key], 0));
  const label = `Bars per model: ${counted(models.length, 'model')}, largest first; of their files ${sum('sharedBytes')} are shared, ${sum('repeatedBytes')} repeated inside, ${sum('exclusiveBytes')} exclusive. The table holds every figure.`;
  return (
    <Card
      fill
      title="Per model"
      tag={formatCount(models.length)}
      actions={<Segmented<View> label="Show as" value={view} options={views} onChange={setView} />}
    >
      {view === 'chart' ? (
        <>
          <ul className="legend sv-series">
            <li>
              <i className="legend-key part-shared" aria-hidden="true" />
              <span className="legend-glyph glyph-shared">●</span>shared with other models
            </li>
            <li>
              <i className="legend-key part-repeated" aria-hidden="true" />
              <span className="legend-glyph glyph-repeated">◐</span>repeated inside the model
            </li>
            <li>
              <i className="legend-key part-exclusive" aria-hidden="true" />
              <span className="legend-glyph">○</span>only in this model
            </li>
          </ul>
          <SavingsChart rows={rows} label={label} onModel={open} />
        </>
      ) : (
        <SavingsTable models={models} onModel={open} />
      )}
    </Card>
  );
}
