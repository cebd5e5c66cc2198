import { ChevronDown, ChevronUp, CircleCheck } from 'lucide-react';
import type { JobInfo } from '../../../../shared/domain';
import { useAction } from '../../client';
import { counted, formatCount } from '../../lib/format';
import { leadingJob, useJobs } from '../../state/jobs';
import { useSettings } from '../../state/settings';
import { useModels } from '../../state/sources';
import { useToasts } from '../../state/toasts';
import { useUi } from '../../state/ui';
import { Button } from '../../widgets/button';
import { JobButtons, JobProgress } from './job-parts';
import { progressText } from './job-text';
import { JobsDrawer } from './jobs-drawer';
import './jobs.css';

/** The bottom of the window: what is being done now, and a drawer with everything done before. */
export function JobsBar() {
  const jobs = useJobs((state) => state.jobs);
  const open = useUi((state) => state.jobsOpen);
  const toggle = useUi((state) => state.toggleJobs);
  const leading = leadingJob(jobs);
  const failed = jobs.filter((job) => job.state === 'failed').length;
  return (
    <footer className="jobs">
      {open ? <JobsDrawer /> : null}
      <div className="jobs-bar">
        {leading ? <LeadingJob job={leading} /> : <Idle />}
        <div className="jobs-end">
          {leading?.kind === 'fingerprint' ? (
            <span className="jobs-note">Numbers are exact for finished models</span>
          ) : null}
          <Button
            tone="quiet"
            size="small"
            aria-expanded={open}
            onPress={toggle}
            icon={open ? <ChevronDown size={14} /> : <ChevronUp size={14} />}
          >
            Jobs{failed > 0 ? ` · ${formatCount(failed)} failed` : ''}
          </Button>
        </div>
      </div>
    </footer>
  );
}

function LeadingJob({ job }: { readonly job: JobInfo }) {
  const units = useSettings((settings) => settings.units);
  const text = progressText(job, units);
  return (
    <>
      <span className="jobs-title">
        <b>{job.title}</b>
        {job.itemsTotal > 0 ? (
          <span className="jobs-items">
            {formatCount(job.itemsDone)} of {formatCount(job.itemsTotal)}
          </span>
        ) : null}
      </span>
      <JobProgress job={job} text={text} />
      <span className="jobs-text">{text}</span>
      <JobButtons job={job} />
    </>
  );
}

/** Nothing runs: what is known, and a way to go on with what is not. */
function Idle() {
  const { models, totals, loaded } = useModels();
  const fail = useToasts((state) => state.fail);
  const start = useAction('jobs.fingerprint', fail);
  if (!loaded || !totals) return <span className="jobs-text">Starting…</span>;
  if (models.length === 0) return <span className="jobs-text">Nothing is open yet</span>;
  if (totals.pendingModels > 0) {
    return (
      <>
        <span className="jobs-text">
          {counted(totals.pendingModels, 'model')} of {formatCount(totals.models)} not fingerprinted
        </span>
        <Button size="small" isPending={start.busy} onPress={() => void start.run({})}>
          Fingerprint now
        </Button>
      </>
    );
  }
  return (
    <span className="jobs-text jobs-done">
      <CircleCheck size={14} aria-hidden="true" />
      {counted(totals.models, 'model')} fingerprinted, all numbers are exact
    </span>
  );
}
