import type { SimilarityThresholds, ThresholdCounts } from '../../../../../shared/domain';
import { counted, formatCount } from '../../../lib/format';
import { glyphs, names, scoreBars, scorePlace, scoresText } from './best-scores';
import { thresholdKeys } from './scale';

const WIDTH = 500;
const HEIGHT = 64;
const axis = [0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;
/** Percent of the width left of which a marker's name stands on its right. */
const ROOM_FOR_NAME = 30;

interface ScoreChartProps {
  readonly counts: ThresholdCounts;
  readonly thresholds: SimilarityThresholds;
}

/** How many tensors have their best partner at which score, with the thresholds as markers. */
export function ScoreChart({ counts, thresholds }: ScoreChartProps) {
  const bars = scoreBars(counts.histogram, thresholds);
  return (
    <figure className="sc">
      <div className="sc-plot" role="img" aria-label={scoresText(counts, thresholds)}>
        <svg
          className="sc-bars"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {bars.map((bar) => (
            <rect
              key={bar.x}
              className={bar.matches ? 'sc-bar' : 'sc-bar sc-below'}
              x={(bar.x / 100) * WIDTH}
              width={Math.max(1, (bar.width / 100) * WIDTH - 1)}
              y={HEIGHT - Math.max(2, bar.height * HEIGHT)}
              height={Math.max(2, bar.height * HEIGHT)}
            >
              <title>{`${bar.range}: ${counted(bar.tensors, 'tensor')}`}</title>
            </rect>
          ))}
        </svg>
        {thresholdKeys.map((key) => (
          <Marker key={key} at={scorePlace(thresholds[key])} kind={key} />
        ))}
      </div>
      <div className="sc-axis" aria-hidden="true">
        {axis.map((score) => (
          <span key={score} style={{ left: `${scorePlace(score)}%` }}>
            {score.toFixed(1)}
          </span>
        ))}
      </div>
      <figcaption>Best score of each tensor; heights by square root</figcaption>
      <table className="visually-hidden">
        <caption>Tensors by best score</caption>
        <thead>
          <tr>
            <th scope="col">Score</th>
            <th scope="col">Tensors</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.x}>
              <th scope="row">{bar.range}</th>
              <td>{formatCount(bar.tensors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Marker({ at, kind }: { readonly at: number; readonly kind: keyof typeof names }) {
  const side = at < ROOM_FOR_NAME ? 'right' : 'left';
  return (
    <div className={`sc-mark sc-${kind}`} style={{ left: `${at}%` }} aria-hidden="true">
      <span className={`sc-name sc-name-${side}`}>
        {side === 'left' ? `${names[kind]} ${glyphs[kind]}` : `${glyphs[kind]} ${names[kind]}`}
      </span>
    </div>
  );
}
