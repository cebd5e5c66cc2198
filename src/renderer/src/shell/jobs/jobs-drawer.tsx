import { Ban, Check, CircleEllipsis, Pause, Play, TriangleAlert } from 'lucide-react';
import type { JobInfo, JobState } from '../../../../shared/domain';
import { useAction } from '../../client';
import { visibleText } from '../../lib/hostile-text';
import { finishedJobs, isLive, useJobs } from '../../state/jobs';
import { useSettings } from '../../state/settings';
import { useToasts } from '../../state/toasts';
import { Button } from '../../widgets/button';
import { JobButtons, JobProgress } from './job-parts';
import { outcomeText, progressText, stateText } from './job-text';

const marks = {
  queued: CircleEllipsis,
  running: Play,
  paused: Pause,
  done: Check,
  cancelled: Ban,
  failed: TriangleAlert,
} as const satisfies Record<JobState, unknown>;

export function JobsDrawer() {
  const jobs = useJobs((state) => state.jobs);
  const fail = useToasts((state) => state.fail);
  const clear = useAction('jobs.clearFinished', fail);
  const live = jobs.filter(isLive);
  const ended = finishedJobs(jobs);
  return (
    <section className="drawer" aria-label="Jobs">
      <header className="drawer-head">
        <h2>Jobs</h2>
        <Button
          size="small"
          tone="quiet"
          isPending={clear.busy}
          isDisabled={ended.length === 0}
          onPress={() => void clear.run({})}
        >
          Clear finished
        </Button>
      </header>
      {jobs.length === 0 ? (
        <p className="drawer-empty">
          Nothing has run in this session. Opening a folder reads its headers, then fingerprints
          what is new; both appear here.
        </p>
      ) : (
        <ul className="drawer-list">
          {live.map((job) => (
            <LiveRow key={job.id} job={job} />
          ))}
          {ended.map((job) => (
            <EndedRow key={job.id} job={job} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LiveRow({ job }: { readonly job: JobInfo }) {
  const units = useSettings((settings) => settings.units);
  const text = progressText(job, units);
  return (
    <li className="drawer-row">
      <Mark state={job.state} />
      <span className="drawer-title clip">{visibleText(job.title)}</span>
      <JobProgress job={job} text={text} />
      <span className="drawer-text">{text}</span>
      <span className="drawer-buttons">
        <JobButtons job={job} />
      </span>
      {job.message ? <Message job={job} /> : null}
    </li>
  );
}

function EndedRow({ job }: { readonly job: JobInfo }) {
  const units = useSettings((settings) => settings.units);
  return (
    <li className="drawer-row">
      <Mark state={job.state} />
      <span className="drawer-title clip">{visibleText(job.title)}</span>
      <span className="drawer-state">{stateText(job.state)}</span>
      <span className="drawer-text">{outcomeText(job, units)}</span>
      <span className="drawer-buttons" />
      {job.message ? <Message job={job} /> : null}
    </li>
  );
}

function Message({ job }: { readonly job: JobInfo }) {
  const failed = job.state === 'failed';
  return (
    <p
      className={`drawer-message ${failed ? 'drawer-failed' : ''}`}
      role={failed ? 'alert' : undefined}
    >
      {visibleText(job.message ?? '')}
    </p>
  );
}

function Mark({ state }: { readonly state: JobState }) {
  const Icon = marks[state];
  return (
    <span className={`drawer-mark drawer-mark-${state}`}>
      <Icon size={14} aria-hidden="true" />
    </span>
  );
}
