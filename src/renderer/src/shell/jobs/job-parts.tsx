import { ProgressBar } from 'react-aria-components';
import type { JobInfo } from '../../../../shared/domain';
import { useAction } from '../../client';
import { useToasts } from '../../state/toasts';
import { Button } from '../../widgets/button';
import { progressOf } from './job-text';

interface JobProgressProps {
  readonly job: JobInfo;
  readonly text: string;
}

export function JobProgress({ job, text }: JobProgressProps) {
  const progress = progressOf(job);
  return (
    <ProgressBar
      className={`prog prog-${job.state}`}
      aria-label={job.title}
      value={(progress ?? 0) * 100}
      isIndeterminate={progress === undefined}
      valueLabel={text || 'working'}
    >
      <i
        className={progress === undefined ? 'prog-unknown' : ''}
        style={{ width: progress === undefined ? '30%' : `${progress * 100}%` }}
      />
    </ProgressBar>
  );
}

export function JobButtons({ job }: { readonly job: JobInfo }) {
  const fail = useToasts((state) => state.fail);
  const pause = useAction('jobs.pause', fail);
  const resume = useAction('jobs.resume', fail);
  const cancel = useAction('jobs.cancel', fail);
  const jobId = job.id;
  const paused = job.state === 'paused';
  const toggle = paused ? resume : pause;
  return (
    <>
      <Button
        size="small"
        isPending={toggle.busy}
        isDisabled={job.state === 'queued'}
        onPress={() => void toggle.run({ jobId })}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button size="small" isPending={cancel.busy} onPress={() => void cancel.run({ jobId })}>
        Cancel
      </Button>
    </>
  );
}
