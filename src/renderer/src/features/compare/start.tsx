import { GitCompare } from 'lucide-react';
import { useMemo } from 'react';
import type { ModelId } from '../../../../shared/base';
import { useQuery } from '../../client';
import { useBytes } from '../../lib/format';
import { goCompare } from '../../state/compare';
import { useFingerprinting } from '../../state/jobs';
import { useNavigation } from '../../state/navigation';
import { useModels } from '../../state/sources';
import { Button } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { EmptyState, Skeleton } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';
import { type LikelyPair, likelyPairs, mostSharing, type SharingPair } from './likely-pairs';
import { ModelPicker } from './model-picker';
import './start.css';

const none: ReadonlySet<ModelId> = new Set();

/** Compare before anything was chosen: what to do, and the pairs most worth a look. */
export function Start() {
  const { models, loaded } = useModels();
  const go = useNavigation((state) => state.go);
  const comparable = models.filter((model) => model.tensors > 0).length;
  if (!loaded) return <Skeleton />;
  if (comparable < 2) {
    return (
      <EmptyState
        icon={<GitCompare size={20} />}
        title={
          comparable === 0
            ? 'No models with tensors are open'
            : 'Only one model with tensors is open'
        }
        actions={
          <Button tone="primary" onPress={() => go({ screen: 'home' })}>
            Open models…
          </Button>
        }
      >
        To compare, open two or more: a model and its fine-tune, two checkpoints, or the same model
        in two formats.
      </EmptyState>
    );
  }
  return (
    <Card fill title="Compare models">
      <div className="cmp-start">
        <EmptyState
          icon={<GitCompare size={20} />}
          title="Which models?"
          actions={
            <>
              <ModelPicker
                label="Choose the base"
                className="btn btn-primary btn-medium"
                except={none}
                onChoose={(a) => goCompare({ a, b: [] })}
              >
                Choose the base…
              </ModelPicker>
              <Button onPress={() => go({ screen: 'models' })}>Select on Models</Button>
            </>
          }
        >
          Choose a base, then the models to hold against it; or select several on Models and press
          Ctrl+D. You see which tensors are the same, which are near, and where they differ.
        </EmptyState>
        <Suggestions />
      </div>
    </Card>
  );
}

function useSuggestions(): readonly LikelyPair[] {
  const { models } = useModels();
  const bytes = useBytes();
  // Lineages are worked out over all models: not again and again while they are still coming in.
  const coming = useFingerprinting();
  const families = useQuery('families.report', coming ? null : {}).data;
  const candidate = useMemo(() => mostSharing(models), [models]);
  const detail = useQuery('models.detail', candidate ? { modelId: candidate.id } : null).data;
  return useMemo(() => {
    const withTensors = new Set(models.filter(({ tensors }) => tensors > 0).map(({ id }) => id));
    const partner = detail?.sharesWith.find(({ modelId }) => withTensors.has(modelId));
    const sharing: SharingPair | undefined =
      detail && partner
        ? { a: detail.id, b: partner.modelId, sharedBytes: partner.sharedBytes }
        : undefined;
    return likelyPairs(models, families, sharing, bytes);
  }, [models, families, detail, bytes]);
}

function Suggestions() {
  const { models } = useModels();
  const pairs = useSuggestions();
  const byId = useMemo(() => new Map(models.map((model) => [model.id, model])), [models]);
  if (pairs.length === 0) return null;
  return (
    <section className="cmp-suggestions" aria-labelledby="cmp-suggestions">
      <h3 id="cmp-suggestions">Most in common</h3>
      <ul>
        {pairs.map(({ a, b, why }) => (
          <li key={`${a} ${b}`}>
            <Button className="cmp-suggestion" onPress={() => goCompare({ a, b: [b] })}>
              <NameText name={byId.get(a)?.name ?? ''} />
              <span className="muted">with</span>
              <NameText name={byId.get(b)?.name ?? ''} />
              <span className="muted num">{why}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
