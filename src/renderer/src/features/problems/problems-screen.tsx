import {
  CircleCheck,
  CloudDownload,
  Copy,
  Database,
  ExternalLink,
  FileLock,
  Fingerprint,
  type LucideIcon,
  Puzzle,
  RefreshCw,
  Search,
  ShieldAlert,
  TriangleAlert,
  Unlink,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Problem, ProblemKind } from '../../../../shared/domain';
import { useQuery } from '../../client';
import { copyText } from '../../lib/clipboard';
import { counted, formatCount, useBytes } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { useToasts } from '../../state/toasts';
import { Button, IconButton } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { EmptyState, ErrorNote, Skeleton } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';
import {
  bytesOf,
  filterProblems,
  groupProblems,
  kindMeanings,
  type ProblemGroup,
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
  const [query, setQuery] = useState('');
  const bytes = useBytes();
  const kinds = useMemo(() => groupProblems(problems), [problems]);
  const wanted = kinds.some((group) => group.kind === kind) ? kind : 'all';
  const shown = filterProblems(problems, query).filter(
    (problem) => wanted === 'all' || problem.kind === wanted,
  );
  const total = bytesOf(problems);
  return (
    <>
      <div>
        <p className="problems-verdict">
          {problems.length === 1 ? '1 file needs' : `${formatCount(problems.length)} findings need`}{' '}
          attention.
        </p>
        <p className="muted">
          {problemSummary(problems)}
          {total > 0 ? `; together ${bytes(total)} on disk` : ''}. Everything else is unaffected.
        </p>
      </div>
      <Card
        title="Problems"
        tag={formatCount(shown.length)}
        fill
        actions={
          <>
            <label className="problem-filter">
              <Search size={13} aria-hidden="true" />
              <input
                type="search"
                placeholder="Filter by path or words"
                aria-label="Filter the findings"
                value={query}
                onChange={(event) => setQuery(event.target.value)}
              />
            </label>
            <Button
              size="small"
              icon={<Copy size={13} aria-hidden="true" />}
              isDisabled={shown.length === 0}
              onPress={() =>
                void copy(shown.map(problemReport).join('\n\n'), counted(shown.length, 'problem'))
              }
            >
              Copy all
            </Button>
          </>
        }
      >
        {kinds.length > 1 ? (
          <KindChooser
            groups={kinds}
            count={problems.length}
            value={wanted}
            onChange={(next) => setKind(next)}
          />
        ) : null}
        <div className="problem-list">
          <Groups groups={groupProblems(shown)} headed={kinds.length > 1} />
          {shown.length > shownAtMost ? (
            <p className="problem-more">
              {formatCount(shown.length - shownAtMost)} more are not shown. Copy all to see them.
            </p>
          ) : null}
          {shown.length === 0 ? (
            <p className="problem-more">No finding has all of these words.</p>
          ) : null}
        </div>
      </Card>
    </>
  );
}

interface KindChooserProps {
  readonly groups: readonly ProblemGroup[];
  readonly count: number;
  readonly value: ProblemKind | 'all';
  readonly onChange: (kind: ProblemKind | 'all') => void;
}

function KindChooser({ groups, count, value, onChange }: KindChooserProps) {
  const options = [
    { value: 'all' as const, label: 'All', count },
    ...groups.map(({ kind, problems }) => ({
      value: kind,
      label: problemKindText(kind, problems.length),
      count: problems.length,
    })),
  ];
  return (
    <ToggleButtonGroup
      aria-label="Kind of problem"
      className="problem-kinds"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value));
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <ToggleButton key={option.value} id={option.value} className="problem-chip">
          {option.label} <span className="num">{formatCount(option.count)}</span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** The groups, with no more than `shownAtMost` findings in all. */
function Groups(props: { readonly groups: readonly ProblemGroup[]; readonly headed: boolean }) {
  let left = shownAtMost;
  return props.groups.map((group) => {
    const problems = group.problems.slice(0, left);
    left -= problems.length;
    if (problems.length === 0) return null;
    return (
      <div key={group.kind}>
        {props.headed ? <GroupHead group={group} /> : null}
        <ul>
          {problems.map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one file can have two equal findings.
            <ProblemRow key={`${index} ${problem.file}`} problem={problem} named={!props.headed} />
          ))}
        </ul>
      </div>
    );
  });
}

function GroupHead({ group }: { readonly group: ProblemGroup }) {
  const bytes = useBytes();
  const { kind, problems } = group;
  return (
    <header className="problem-group">
      <h3>
        {problemKindText(kind, problems.length)}
        <span className="tag">{formatCount(problems.length)}</span>
      </h3>
      <p className="muted">{kindMeanings[kind]}</p>
      {group.bytes > 0 ? <span className="num">{bytes(group.bytes)}</span> : null}
    </header>
  );
}

const icons: Readonly<Record<ProblemKind, LucideIcon>> = {
  malformed: TriangleAlert,
  'wrong-digest': ShieldAlert,
  unreadable: FileLock,
  'missing-shard': Puzzle,
  'outside-root': ExternalLink,
  'partial-download': CloudDownload,
  'changed-while-reading': RefreshCw,
  'fingerprint-failed': Fingerprint,
  orphan: Unlink,
  store: Database,
};

interface ProblemRowProps {
  readonly problem: Problem;
  /** Whether it says its kind, which no heading does. */
  readonly named: boolean;
}

function ProblemRow({ problem, named }: ProblemRowProps) {
  const bytes = useBytes();
  const details = problemDetails(problem);
  const Icon = icons[problem.kind];
  return (
    <li className="problem">
      <Icon size={16} aria-hidden="true" />
      <div className="problem-text">
        <div className="problem-head">
          {named ? <span className="problem-kind">{problemKindText(problem.kind)}</span> : null}
          <NameText name={problem.file} mono className="problem-file" />
          {problem.bytes === undefined ? null : (
            <span className="problem-bytes" title={`${formatCount(problem.bytes)} bytes`}>
              {bytes(problem.bytes)}
            </span>
          )}
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
