import type { ModelFacts } from '../../../../shared/domain';
import { useBytes } from '../../lib/format';
import { NameText } from '../name-text';
import { Term } from '../term';
import { factLines } from './facts-text';
import { MixBar } from './mix-bar';
import './model-facts.css';

interface ModelFactsProps {
  readonly facts: ModelFacts;
  readonly title: string;
}

/** What a model's files state about it, and the bar of its dtypes; nothing where they are mute. */
export function ModelFactsView({ facts, title }: ModelFactsProps) {
  const bytes = useBytes();
  const lines = factLines(facts, bytes);
  if (lines.length === 0 && facts.mix === undefined) return null;
  return (
    <section className="insp-section">
      <h3>{title}</h3>
      <dl className="insp-list">
        {lines.map(({ term, text, title: full, given }) => (
          <div key={term} className="fact">
            <dt>
              <Term term={term} />
            </dt>
            <dd title={full}>{given ? <NameText name={text} /> : text}</dd>
          </div>
        ))}
      </dl>
      {facts.mix === undefined ? null : <MixBar mix={facts.mix} />}
    </section>
  );
}
