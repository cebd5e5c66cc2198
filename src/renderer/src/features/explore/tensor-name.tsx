import { titleText, visibleText } from '../../lib/hostile-text';
import { NameText } from '../../widgets/name-text';
import { splitName } from './tensor-text';
import './tensor-name.css';

const SIMPLE_CHARACTERS = 200;

/**
 * A tensor's name in a row. Where room is short it loses what stands before its last parts:
 * `model.layers.0.sel… .q_proj.weight`. Odd names are left to NameText.
 */
export function TensorName({ name }: { readonly name: string }) {
  const simple = name !== '' && name.length <= SIMPLE_CHARACTERS && visibleText(name) === name;
  const [start, end] = splitName(name);
  if (!simple || end === '') return <NameText name={name} mono />;
  return (
    <bdi className="tn mono" title={titleText(name)}>
      <span className="tn-start">{start}</span>
      <span className="tn-end">{end}</span>
    </bdi>
  );
}
