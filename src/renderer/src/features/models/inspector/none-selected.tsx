import { useMemo } from 'react';
import { useModels } from '../../../state/sources';
import { SharingLegend } from '../../../widgets/sharing-bar';
import { Term } from '../../../widgets/term';
import { ModelBar } from './model-bar';

const shownAtMost = 8;

/** Before anything is selected: how to go on, and which models take most room by themselves. */
export function NoneSelected() {
  const { models } = useModels();
  const largest = useMemo(
    () =>
      models
        .flatMap((model) => (model.bytes ? [{ model, value: model.bytes.exclusiveBytes }] : []))
        .sort((a, b) => b.value - a.value)
        .slice(0, shownAtMost),
    [models],
  );
  return (
    <>
      <section className="insp-section">
        <h2 className="insp-title">Nothing selected</h2>
        <p className="muted">
          Select a model to see its files and who it shares with; several, to see what they take
          together.
        </p>
      </section>
      <section className="insp-section">
        <h3>
          <Term term="sharing" />
        </h3>
        <SharingLegend />
      </section>
      {largest.length > 0 ? (
        <section className="insp-section">
          <h3>
            Most <Term term="exclusive">exclusive</Term> bytes
          </h3>
          <ul>
            {largest.map(({ model, value }) => (
              <ModelBar
                key={model.id}
                modelId={model.id}
                name={model.name}
                value={value}
                whole={largest[0]?.value ?? 0}
                kind="exclusive"
              />
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
