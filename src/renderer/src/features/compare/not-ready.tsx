import { Fingerprint } from 'lucide-react';
import type { JobInfo, ModelSummary } from '../../../../shared/domain';
import { type ClientError, useAction } from '../../client';
import { counted, formatDuration } from '../../lib/format';
import { isLive, useJobs } from '../../state/jobs';
import { useNavigation } from '../../state/navigation';
import { useToasts } from '../../state/toasts';
import { Button } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { EmptyState, ErrorNote } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';
import { Term } from '../../widgets/term';
import './start.css';

interface NotReadyProps {
  /** The models compared. */
  readonly models: readonly ModelSummary[];
  /** Why the engine has no answer yet. */
  readonly error: ClientError;
}

const words = { pending: 'waiting', running: 'being read', failed: 'could not be read', done: '' };

/** Models are compared by their fingerprints and signatures: these must be there first. */
export function NotReady({ models, error }: NotReadyProps) {
  const waiting = models.filter((model) => model.analysis !== 'done');
  const failed = waiting.filter((model) => model.analysis === 'failed');
  const job = useJobs((state) =>
    state.jobs.find((one) => one.kind === 'fingerprint' && isLive(one)),
  );
  const go = useNavigation((state) => state.go);
  const fail = useToasts((state) => state.fail);
  const start = useAction('jobs.fingerprint', fail);
  // Everything is fingerprinted and yet there is no answer: the engine's own words say why.
  if (waiting.length === 0) return <ErrorNote error={error} />;
  return (
    <Card fill title="Not ready to compare">
      <EmptyState
        icon={<Fingerprint size={20} />}
        title={
          failed.length > 0
            ? `${counted(failed.length, 'model')} could not be read`
            : 'Fingerprinting must finish first'
        }
        actions={
          <>
            {failed.length > 0 ? (
              <Button tone="primary" onPress={() => go({ screen: 'problems' })}>
                See Problems
              </Button>
            ) : null}
            {job ? null : (
              <Button
                tone={failed.length > 0 ? 'plain' : 'primary'}
                isPending={start.busy}
                onPress={() => void start.run({})}
              >
                {failed.length > 0 ? 'Try again' : 'Fingerprint now'}
              </Button>
            )}
          </>
        }
      >
        <p>
          Models are compared by their <Term term="fingerprint">fingerprints</Term>. As soon as they
          are there, the comparison appears here by itself.
        </p>
        <ul className="cmp-waiting">
          {waiting.slice(0, 12).map((model) => (
            <li key={model.id}>
              <NameText name={model.name} />
              <span className="muted">{words[model.analysis]}</span>
            </li>
          ))}
        </ul>
        {waiting.length > 12 ? <p>and {counted(waiting.length - 12, 'more', 'more')}</p> : null}
        {job ? <Progress job={job} /> : null}
      </EmptyState>
    </Card>
  );
}

function Progress({ job }: { readonly job: JobInfo }) {
  const percent =
    job.total > 0 ? Math.min(99, Math.floor((job.done / job.total) * 100)) : undefined;
  const pieces = [
    percent === undefined ? 'starting' : `${percent}%`,
    ...(job.state === 'paused' ? ['paused: resume it below'] : []),
    ...(job.state === 'running' && job.remaining !== undefined
      ? [`${formatDuration(job.remaining)} left`]
      : []),
  ];
  return (
    <div className="cmp-progress">
      <div
        className="cmp-progress-track"
        role="progressbar"
        aria-label={job.title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <i style={{ width: `${percent ?? 0}%` }} />
      </div>
      <span>{pieces.join(' · ')}</span>
    </div>
  );
}
