import { useEffect, useId, useRef, useState } from 'react';
import type { CountAndBytes } from '../../../../../shared/domain';
import { counted, useBytes } from '../../../lib/format';
import { Term, type TermName } from '../../../widgets/term';
import { glyphs, names } from './best-scores';
import {
  CLOSENESS_STEP,
  closenessOf,
  LEAST_CLOSENESS,
  MOST_CLOSENESS,
  parseScore,
  scoreAt,
  scoreText,
  type ThresholdKey,
} from './scale';

const termOf: Readonly<Record<ThresholdKey, TermName>> = {
  exact: 'threshold-exact',
  nearDuplicate: 'threshold-near',
  similar: 'threshold-similar',
};

interface ThresholdRowProps {
  readonly kind: ThresholdKey;
  readonly score: number;
  /** What it would match; undefined while that is not known. */
  readonly found: CountAndBytes | undefined;
  readonly onMove: (score: number) => void;
  readonly onRest: () => void;
}

/** One threshold: what it means, what it would match, a slider and the number itself. */
export function ThresholdRow({ kind, score, found, onMove, onRest }: ThresholdRowProps) {
  const bytes = useBytes();
  return (
    <div className="th-row">
      <div className="th-head">
        <span className={`th-glyph th-${kind}`} aria-hidden="true">
          {glyphs[kind]}
        </span>
        <span className="th-name">
          <Term term={termOf[kind]} />
        </span>
        <span className="muted">from a score of</span>
        <ScoreField kind={kind} score={score} onMove={onMove} onRest={onRest} />
        <span className="th-found" data-threshold={kind}>
          {found === undefined ? (
            <span className="muted">–</span>
          ) : (
            <>
              <b>{counted(found.tensors, 'tensor')}</b>{' '}
              <span className="th-bytes">{bytes(found.bytes)}</span>
            </>
          )}
        </span>
      </div>
      <ScoreSlider kind={kind} score={score} onMove={onMove} onRest={onRest} />
    </div>
  );
}

type PartProps = Omit<ThresholdRowProps, 'found'>;

function ScoreSlider({ kind, score, onMove, onRest }: PartProps) {
  const input = useRef<HTMLInputElement>(null);
  const rest = useRef(onRest);
  rest.current = onRest;
  useEffect(() => {
    // React's onChange is the element's `input`; its `change` comes when the thumb is let go.
    const element = input.current;
    const onChange = () => rest.current();
    element?.addEventListener('change', onChange);
    return () => element?.removeEventListener('change', onChange);
  }, []);
  return (
    <input
      ref={input}
      className="th-slider"
      type="range"
      aria-label={`${names[kind]}, score`}
      aria-valuetext={scoreText(score)}
      min={LEAST_CLOSENESS}
      max={MOST_CLOSENESS}
      step={CLOSENESS_STEP}
      value={closenessOf(score)}
      onChange={(event) => onMove(scoreAt(Number(event.target.value)))}
    />
  );
}

function ScoreField({ kind, score, onMove, onRest }: PartProps) {
  const [typed, setTyped] = useState<string>();
  const problem = useId();
  const wrong = typed !== undefined && parseScore(typed) === undefined;
  const commit = () => {
    const value = typed === undefined ? undefined : parseScore(typed);
    setTyped(undefined);
    if (value === undefined || value === score) return;
    onMove(value);
    onRest();
  };
  return (
    <span className="th-field">
      <input
        className={`th-number num ${wrong ? 'th-wrong' : ''}`}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={18}
        aria-label={`${names[kind]}, score as a number`}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? problem : undefined}
        value={typed ?? scoreText(score)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key !== 'Escape' || typed === undefined) return;
          event.stopPropagation();
          setTyped(undefined);
        }}
      />
      {wrong ? (
        <span className="th-problem" id={problem} role="alert">
          From 0.5 to 1.
        </span>
      ) : null}
    </span>
  );
}
