import { CircleCheck, Copy, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Problem, ProblemKind } from '../../../../shared/domain';
import { useQuery } from '../../client';
import { copyText } from '../../lib/clipboard';
import { counted, formatCount } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { useToasts } from '../../state/toasts';
import { Button, IconButton, Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { EmptyState, ErrorNote, Skeleton } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';
import {
  problemDetails,
  problemHint,
  problemKindText,
  problemReport,
  problemSummary,
} from './problem-text';
import './problems.css';

/** More than anybody reads; the rest is counted and can be copied. */
const shownAtMost = 500;

export function ProblemsScreen() {
  const { data, error } = useQuery('problems.list', {});
  return (
    <div className="screen">
      {error ? <ErrorNote error={error} /> : null}
      {data === undefined && !error ? <Skeleton /> : null}
      {data && data.length === 0 ? (
        <Card title="Problems" fill>
          <EmptyState icon={<CircleCheck size={22} />} title="No problems found">
            Every file that was opened could be read. Files that are broken, unreadable or only half
            downloaded are listed here, each with what to do about it.
          </EmptyState>
        </Card>
      ) : null}
      {data && data.length > 0 ? <ProblemList problems={data} /> : null}
    </div>
  );
}

async function copy(text: string, what: string): Promise<void> {
  const { show } = useToasts.getState();
  if (await copyText(text)) {
    show({ tone: 'success', title: `${what} copied.` });
    return;
  }
  show({
    tone: 'error',
    title: 'The clipboard could not be written.',
    detail: 'Select the text and copy it by hand.',
  });
}

function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  const [kind, setKind] = useState<ProblemKind | 'all'>('all');
  const kinds = useMemo(() => [...new Set(problems.map((problem) => problem.kind))], [problems]);
  const wanted = kind !== 'all' && kinds.includes(kind) ? kind : 'all';
  const shown = problems.filter((problem) => wanted === 'all' || problem.kind === wanted);
  return (
    <>
      <div>
        <p className="problems-verdict">
          {problems.length === 1 ? '1 file needs' : `${formatCount(problems.length)} findings need`}{' '}
          attention.
        </p>
        <p className="muted">{problemSummary(problems)}. Everything else is unaffected.</p>
      </div>
      <Card
        title="Problems"
        tag={formatCount(shown.length)}
        fill
        actions={
          <>
            {kinds.length > 1 && kinds.length <= 4 ? (
              <Segmented
                label="Kind of problem"
                value={wanted}
                options={[
                  { value: 'all', label: 'All' },
                  ...kinds.map((value) => ({ value, label: problemKindText(value) })),
                ]}
                onChange={setKind}
              />
            ) : null}
            <Button
              size="small"
              icon={<Copy size={13} aria-hidden="true" />}
              onPress={() =>
                void copy(shown.map(problemReport).join('\n\n'), counted(shown.length, 'problem'))
              }
            >
              Copy all
            </Button>
          </>
        }
      >
        <ul className="problem-list">
          {shown.slice(0, shownAtMost).map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one file can have two equal findings.
            <ProblemRow key={`${index} ${problem.file}`} problem={problem} />
          ))}
          {shown.length > shownAtMost ? (
            <li className="problem-more">
              {formatCount(shown.length - shownAtMost)} more are not shown. Copy all to see them.
            </li>
          ) : null}
        </ul>
      </Card>
    </>
  );
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const details = problemDetails(problem);
  return (
    <li className="problem">
      <TriangleAlert size={16} aria-hidden="true" />
      <div className="problem-text">
        <div className="problem-head">
          <span className="problem-kind">{problemKindText(problem.kind)}</span>
          <NameText name={problem.file} mono className="problem-file" />
        </div>
        <p className="problem-error">{visibleText(problem.error)}</p>
        {details.length > 0 ? (
          <dl className="problem-details">
            {details.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="mono">{value}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        <p className="problem-hint">
          <b>What to do:</b> {visibleText(problemHint(problem))}
        </p>
      </div>
      <IconButton
        label="Copy this problem"
        icon={<Copy size={14} aria-hidden="true" />}
        onPress={() => void copy(problemReport(problem), 'Problem')}
      />
    </li>
  );
}
