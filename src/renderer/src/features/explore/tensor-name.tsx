import { Fragment } from 'react';
import { titleText, visibleText } from '../../lib/hostile-text';
import { NameText } from '../../widgets/name-text';
import { splitName } from './tensor-text';
import './tensor-name.css';

const SIMPLE_CHARACTERS = 200;

const isSimple = (name: string): boolean =>
  name !== '' && name.length <= SIMPLE_CHARACTERS && visibleText(name) === name;

/** A tensor's name that loses its middle, not its end, where room is short. */
export function TensorName({ name }: { readonly name: string }) {
  if (!isSimple(name)) return <NameText name={name} mono />;
  const [start, end] = splitName(name);
  return (
    <bdi className="tn mono" title={titleText(name)}>
      <span className="tn-start">{start}</span>
      {end === '' ? null : <span className="tn-end">{end}</span>}
    </bdi>
  );
}

/** A tensor's name in full, broken after its separators where it must be. */
export function WrappedName({ name }: { readonly name: string }) {
  if (!isSimple(name)) return <NameText name={name} mono />;
  return (
    <bdi className="tn-wrap mono">
      {name.split(/(?<=[./])/).map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
        <Fragment key={i}>
          {i > 0 ? <wbr /> : null}
          {part}
        </Fragment>
      ))}
    </bdi>
  );
}
