import { titleText, visibleText } from '../../lib/hostile-text';
import { NameText } from '../../widgets/name-text';
import { namePieces } from './tensor-text';
import './tensor-name.css';

const SIMPLE_CHARACTERS = 200;

/**
 * A tensor's name in a row. Where room is short it loses its start first, then its middle, never its
 * numbers and its last parts: `…layers.0.self….q_proj.weight`. Odd names are left to NameText.
 */
export function TensorName({ name }: { readonly name: string }) {
  const simple = name !== '' && name.length <= SIMPLE_CHARACTERS && visibleText(name) === name;
  const pieces = simple ? namePieces(name) : [];
  if (pieces.length < 2) return <NameText name={name} mono />;
  return (
    <bdi className="tn mono" title={titleText(name)}>
      {pieces.map(({ kind, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place.
        <span key={index} className={classOf(kind, index)}>
          {kind === 'clip' && index === 0 ? <bdi dir="ltr">{text}</bdi> : text}
        </span>
      ))}
    </bdi>
  );
}

function classOf(kind: 'clip' | 'keep', index: number): string {
  if (kind === 'keep') return 'tn-keep';
  return index === 0 ? 'tn-clip tn-start' : 'tn-clip';
}
