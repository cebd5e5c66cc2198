import { defaultThresholds, type ThresholdCounts } from '../../../../../shared/domain';
import type { ClientError } from '../../../client';
import { counted, formatCount, useBytes } from '../../../lib/format';
import { Button } from '../../../widgets/button';
import { Term } from '../../../widgets/term';
import { thresholdKeys } from './scale';
import { ScoreChart } from './score-chart';
import { ThresholdRow } from './threshold-row';
import { useCounts } from './use-counts';
import { useDraft } from './use-draft';
import './thresholds.css';

/** The three similarity thresholds, with what they would match among the open models. */
export function Thresholds() {
  const draft = useDraft();
  const { data, error } = useCounts(draft.thresholds);
  const counts = data !== undefined && data.signed.tensors > 0 ? data : undefined;
  const isDefault = thresholdKeys.every((key) => draft.thresholds[key] === defaultThresholds[key]);
  return (
    <section className="th" aria-labelledby="thresholds-title">
      <div className="setting">
        <div>
          <h3 id="thresholds-title">Similarity</h3>
          <p>
            From which <Term term="score">score</Term> on two tensors count as alike. Similarity
            decides only what is shown and tried; it never changes a byte.
          </p>
        </div>
        <Button size="small" isDisabled={isDefault} onPress={() => draft.set(defaultThresholds)}>
          Reset
        </Button>
      </div>
      {thresholdKeys.map((kind) => (
        <ThresholdRow
          key={kind}
          kind={kind}
          score={draft.thresholds[kind]}
          found={counts?.[kind]}
          onMove={(score) => draft.move(kind, score)}
          onRest={draft.apply}
        />
      ))}
      {counts === undefined ? (
        <NoCounts counts={data} error={error} />
      ) : (
        <>
          <Sum counts={counts} />
          <ScoreChart counts={counts} thresholds={draft.thresholds} />
        </>
      )}
    </section>
  );
}

function Sum({ counts }: { readonly counts: ThresholdCounts }) {
  const bytes = useBytes();
  const sum = (what: 'tensors' | 'bytes') =>
    thresholdKeys.reduce((total, key) => total + counts[key][what], 0);
  return (
    <p className="muted" role="status">
      {formatCount(sum('tensors'))} of {counted(counts.signed.tensors, 'distinct tensor')} would
      match, {bytes(sum('bytes'))} of {bytes(counts.signed.bytes)}; each counts once, by its best
      partner.
    </p>
  );
}

interface NoCountsProps {
  readonly counts: ThresholdCounts | undefined;
  readonly error: ClientError | undefined;
}

function NoCounts({ counts, error }: NoCountsProps) {
  const text =
    error !== undefined && error.code !== 'not-ready'
      ? `What these would match is not known: ${error.message}`
      : counts === undefined && error === undefined
        ? 'Counting…'
        : 'What these would match is shown here once models are open and fingerprinted.';
  return (
    <p className="th-none muted" role="status">
      {text}
    </p>
  );
}
