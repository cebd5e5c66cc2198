import type { Estimate } from '../../../../shared/domain';
import { type Action, type ClientError, useAction, useQuery } from '../../client';
import { formatShare, useBytes } from '../../lib/format';
import { isLive, useJobs } from '../../state/jobs';
import { useToasts } from '../../state/toasts';
import { Button } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { glyphOf, type Part, StackedBar } from '../../widgets/charts';
import { Term, terms } from '../../widgets/term';
import { basisText, causes, headlineOf, rangePlaces } from './estimate-text';
import './estimate.css';

/** What a library of the open models would weigh, and why; there before anything is fingerprinted. */
export function EstimateCard() {
  const { data, error, fetching } = useQuery('estimate.latest', {});
  const fail = useToasts((state) => state.fail);
  const run = useAction('estimate.run', fail);
  const running = useJobs((state) =>
    state.jobs.some((job) => job.kind === 'estimate' && isLive(job)),
  );
  return (
    <Card
      title={<Term term="packed" />}
      tag={data ? kinds[data.basis.kind] : undefined}
      actions={<Actions run={run} running={running} estimate={data} />}
    >
      {data ? <Figures estimate={data} /> : <None {...{ running, fetching, error }} />}
    </Card>
  );
}

const kinds: Readonly<Record<Estimate['basis']['kind'], string>> = {
  sample: 'estimate from a sample',
  fingerprints: 'estimate',
  measured: 'measured',
};

interface ActionsProps {
  readonly run: Action<'estimate.run'>;
  readonly running: boolean;
  /** Undefined: not known yet; null: there is none. */
  readonly estimate: Estimate | null | undefined;
}

function Actions({ run, running, estimate }: ActionsProps) {
  const off = running || run.busy;
  const sampled = !estimate || estimate.basis.kind === 'sample';
  return (
    <>
      {running ? (
        <span className="es-running muted" role="status">
          Estimating…
        </span>
      ) : null}
      {sampled ? (
        <Button
          size="small"
          isDisabled={off}
          onPress={() => void run.run({ kind: 'sample' })}
          tone={estimate === null ? 'primary' : 'plain'}
        >
          Estimate from a sample
        </Button>
      ) : null}
      <Button size="small" isDisabled={off} onPress={() => void run.run({ kind: 'measured' })}>
        {estimate?.basis.kind === 'measured' ? 'Measure again' : 'Measure exactly'}
      </Button>
    </>
  );
}

interface NoneProps {
  readonly running: boolean;
  readonly fetching: boolean;
  readonly error: ClientError | undefined;
}

function None({ running, fetching, error }: NoneProps) {
  if (running) {
    return <p className="es-none muted">Progress is shown at the bottom of the window.</p>;
  }
  if (fetching && error === undefined) {
    return (
      <p className="es-none muted" role="status">
        Working out an estimate from what is known…
      </p>
    );
  }
  const failed = error !== undefined && error.code !== 'not-ready';
  return (
    <p className="es-none muted">
      {failed ? `${error.message} ` : ''}
      An estimate reads at most 2% of the bytes and takes seconds; measuring reads all of them. Both
      only read: nothing is stored or changed.
    </p>
  );
}

function Figures({ estimate }: { readonly estimate: Estimate }) {
  const bytes = useBytes();
  const { range, about, change } = headlineOf(estimate, bytes);
  return (
    <div className="es-box">
      <div className="es">
        <div className="es-figures">
          <p className="es-headline">
            <b>{range}</b>
            {about === undefined ? null : <span>, about {about}</span>}{' '}
            <span className="es-change">({change})</span>
          </p>
          <Bars estimate={estimate} />
          <p className="es-basis muted">{basisText(estimate, bytes)}</p>
        </div>
        <Causes estimate={estimate} />
      </div>
    </div>
  );
}

/** The range above, the causes below, on one scale: the size of the files. */
function Bars({ estimate }: { readonly estimate: Estimate }) {
  const bytes = useBytes();
  const { logicalBytes, storedBytes, savings } = estimate;
  const { low, high, expected } = rangePlaces(estimate);
  const kept: Part = {
    tone: 'unique',
    label: 'stored',
    value: storedBytes.expected,
    text: bytes(storedBytes.expected),
  };
  const saved = causes.map(
    ({ key, tone, term }): Part => ({
      tone,
      label: terms[term].label.toLowerCase(),
      value: savings[key],
      text: bytes(savings[key]),
    }),
  );
  return (
    <>
      <div
        className="es-range"
        role="img"
        aria-label={`Of ${bytes(logicalBytes)}: from ${bytes(storedBytes.low)} to ${bytes(storedBytes.high)}, about ${bytes(storedBytes.expected)}`}
      >
        <i className="es-sure" style={{ width: `${low}%` }} />
        <i className="es-maybe" style={{ left: `${low}%`, width: `${high - low}%` }} />
        <i className="es-expected" style={{ left: `${expected}%` }} />
      </div>
      <StackedBar parts={[kept, ...saved]} whole={logicalBytes} label="Stored and saved" />
      <div className="es-ends muted num" aria-hidden="true">
        <span>0</span>
        <span>now {bytes(logicalBytes)}</span>
      </div>
    </>
  );
}

function Causes({ estimate }: { readonly estimate: Estimate }) {
  const bytes = useBytes();
  const { logicalBytes, storedBytes, savings } = estimate;
  return (
    <table className="es-causes">
      <caption className="visually-hidden">
        What is stored, and what is saved by which cause
      </caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Cause</th>
          <th scope="col">Bytes</th>
          <th scope="col">Of the files</th>
        </tr>
      </thead>
      <tbody>
        {causes.map(({ key, tone, term }) => (
          <tr key={key}>
            <th scope="row">
              <span className="es-cause">
                <i className={`legend-key part-${tone}`} aria-hidden="true" />
                <span className={`legend-glyph glyph-${tone}`} aria-hidden="true">
                  {glyphOf[tone]}
                </span>
                <Term term={term} />
              </span>
            </th>
            <td>{savings[key] > 0 ? `−${bytes(savings[key])}` : bytes(0)}</td>
            <td className="muted">{formatShare(savings[key], logicalBytes)}</td>
          </tr>
        ))}
        <tr className="es-sum">
          <th scope="row">
            <span className="es-cause">
              <i className="legend-key part-unique" aria-hidden="true" />
              <span className="legend-glyph glyph-unique" aria-hidden="true">
                {glyphOf.unique}
              </span>
              Stored
            </span>
          </th>
          <td>{bytes(storedBytes.expected)}</td>
          <td className="muted">{formatShare(storedBytes.expected, logicalBytes)}</td>
        </tr>
      </tbody>
    </table>
  );
}
