import { Button } from 'react-aria-components';
import type { ModelId } from '../../../../../shared/base';
import { formatShare, useBytes } from '../../../lib/format';
import { useSelection } from '../../../state/selection';
import { NameText } from '../../../widgets/name-text';

interface ModelBarProps {
  readonly modelId: ModelId;
  readonly name: string;
  readonly value: number;
  /** What a full bar stands for. */
  readonly whole: number;
  readonly kind: 'shared' | 'exclusive';
}

/** A model with a number, as a bar; choosing it selects the model. */
export function ModelBar({ modelId, name, value, whole, kind }: ModelBarProps) {
  const bytes = useBytes();
  const select = useSelection((state) => state.set);
  const share = whole > 0 ? Math.min(1, value / whole) : 0;
  return (
    <li>
      <Button className="models-bar" onPress={() => select([modelId])}>
        <NameText name={name} />
        <span className="num">
          {bytes(value)}
          <span className="visually-hidden"> {kind}, select this model</span>
        </span>
        <span className="models-bar-track" aria-hidden="true">
          <i className={`models-bar-${kind}`} style={{ width: `${share * 100}%` }} />
        </span>
        <span className="num muted">{kind === 'shared' ? formatShare(share, 1) : ''}</span>
      </Button>
    </li>
  );
}
