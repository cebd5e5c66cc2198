import { FolderTree, MousePointerClick } from 'lucide-react';
import type {
  CompareReport,
  CompareRow,
  PairMetrics,
  RowMatch,
  TensorRef,
} from '../../../../shared/domain';
import { counted, useBytes } from '../../lib/format';
import { titleText, visibleText } from '../../lib/hostile-text';
import { useCompareFocus } from '../../state/compare';
import { Button } from '../../widgets/button';
import { EmptyState } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';
import { Term, type TermName } from '../../widgets/term';
import { jumpToTensor } from '../explore/inspector/sharers';
import { shapeText } from '../explore/tensor-text';
import { WrappedName } from '../explore/wrapped-name';
import { estimateNote } from './columns';
import {
  approximately,
  bitsText,
  cosineText,
  differenceText,
  nameOfRow,
  otherNameOf,
  reasonText,
  relativeL2Text,
  rowNumbers,
  rowsSentence,
  rowsText,
} from './compare-text';
import type { Compared } from './compared';
import './inspector.css';
import { glyphOf, statusText, toneOf, totalsOf } from './status';
import { StatusBar } from './status-bar';

interface InspectorProps {
  readonly compared: Compared;
  readonly reports: readonly CompareReport[];
}

/** The pair of tensors looked at; before one is chosen, each model's own verdict. */
export function CompareInspector({ compared, reports }: InspectorProps) {
  const { chosen } = useCompareFocus(compared.key);
  if (chosen) return <Pair row={chosen.row} />;
  return (
    <>
      <ModelVerdicts compared={compared} reports={reports} />
      <EmptyState icon={<MousePointerClick size={20} />} title="No tensor chosen">
        Choose one in the table, or press N for the first difference, to see how the two relate.
      </EmptyState>
    </>
  );
}

function ModelVerdicts({ compared, reports }: InspectorProps) {
  return (
    <section className="insp-section">
      <span className="insp-label">Against the base</span>
      <h2 className="insp-title">
        <NameText name={compared.nameOf(compared.comparison.a)} />
      </h2>
      <ul className="cmp-verdicts">
        {reports.map((report) => (
          <li key={report.b}>
            <NameText name={compared.nameOf(report.b)} className="cmp-verdict-name" />
            <StatusBar thin label="Bytes by status" totals={totalsOf([report.groups])} />
            <p className="muted">{visibleText(report.verdict)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pair({ row }: { readonly row: CompareRow }) {
  const other = otherNameOf(row);
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">Tensor</span>
        <h2 className="cmp-insp-name">
          <WrappedName name={nameOfRow(row)} mono />
        </h2>
        {other === undefined ? null : (
          <p className="cmp-insp-name">
            <span className="muted">in the other model </span>
            <WrappedName name={other} mono />
          </p>
        )}
      </section>
      <Relation row={row} />
      {row.tensor ? <Side title="In the base" tensor={row.tensor} /> : null}
      {row.other ? <Side title="Compared with" tensor={row.other} /> : null}
    </>
  );
}

function Relation({ row }: { readonly row: CompareRow }) {
  const { status, metrics, reason, transposed, rows } = row;
  return (
    <section className="insp-section">
      <dl className="insp-list">
        <dt>Status</dt>
        <dd className={`cmp-text-${toneOf(status)}`}>
          <span className="cmp-glyph" aria-hidden="true">
            {glyphOf(status)}
          </span>{' '}
          {statusText(status, row.nearDuplicate)}
        </dd>
        {metrics ? <Numbers metrics={metrics} bytes={row.other?.byteLength} /> : null}
        {rows && !metrics ? <RowNumbers row={row} rows={rows} /> : null}
      </dl>
      {reason && reason !== 'name' ? <p className="muted">{reasonText[reason]}.</p> : null}
      {transposed ? <p className="muted">Rows and columns are exchanged.</p> : null}
      {rows ? <p className="muted">{rowsSentence(rows)}</p> : null}
      {status === 'different' && !metrics && !rows ? (
        <p className="muted">
          Their values cannot be held against each other: the number of elements differs, or one is
          packed in a way that is not read as numbers.
        </p>
      ) : null}
      {metrics && !metrics.verified ? <p className="cmp-note">~ {estimateNote}</p> : null}
    </section>
  );
}

interface RowNumbersProps {
  readonly row: CompareRow;
  readonly rows: RowMatch;
}

/** Of tensors that differ in their number of rows: what they share, and what that leaves to store. */
function RowNumbers({ row, rows }: RowNumbersProps) {
  const bytes = useBytes();
  const raw = row.other?.byteLength;
  return (
    <>
      <dt>In common</dt>
      <dd>{rowsText(rows)}</dd>
      <dt>
        <Term term="delta-size">Raw → stored</Term>
      </dt>
      <dd>
        {raw === undefined ? '' : `${bytes(raw)} → `}
        {rowNumbers(row, bytes).stored}
      </dd>
    </>
  );
}

interface NumbersProps {
  readonly metrics: PairMetrics;
  readonly bytes: number | undefined;
}

function Numbers({ metrics, bytes: raw }: NumbersProps) {
  const bytes = useBytes();
  const stored = bytes(metrics.deltaBytes);
  const lines: readonly (readonly [TermName, string])[] = [
    ['agreement', cosineText(metrics.score)],
    ['cosine', cosineText(metrics.cosine)],
    ['relative-l2', relativeL2Text(metrics.relativeL2)],
    ['differing-bits', bitsText(metrics)],
    ['max-difference', differenceText(metrics.maxDifference)],
  ];
  return (
    <>
      {lines.map(([term, text]) => (
        <Line key={term} term={term} text={approximately(text, metrics)} />
      ))}
      <dt>
        <Term term="delta-size">Raw → stored</Term>
      </dt>
      <dd>
        {raw === undefined ? '' : `${bytes(raw)} → `}
        {approximately(stored, metrics)}
      </dd>
    </>
  );
}

const Line = ({ term, text }: { readonly term: TermName; readonly text: string }) => (
  <>
    <dt>
      <Term term={term} />
    </dt>
    <dd>{text}</dd>
  </>
);

function Side({ title, tensor }: { readonly title: string; readonly tensor: TensorRef }) {
  const bytes = useBytes();
  return (
    <section className="insp-section">
      <span className="insp-label">{title}</span>
      <h3>
        <NameText name={tensor.modelName} />
      </h3>
      <dl className="insp-list">
        <dt>Shape</dt>
        <dd className="mono">{shapeText(tensor.shape)}</dd>
        <dt>
          <Term term="dtype" />
        </dt>
        <dd className="mono">{visibleText(tensor.dtype).slice(0, 60)}</dd>
        <dt>Size</dt>
        <dd title={`${counted(tensor.byteLength, 'byte')}`}>{bytes(tensor.byteLength)}</dd>
      </dl>
      <Button
        size="small"
        className="cmp-open"
        icon={<FolderTree size={13} aria-hidden="true" />}
        aria-label={`Open in Explore: ${titleText(tensor.modelName).slice(0, 200)}`}
        onPress={() => jumpToTensor(tensor.modelId, tensor.index)}
      >
        Open in Explore
      </Button>
    </section>
  );
}
