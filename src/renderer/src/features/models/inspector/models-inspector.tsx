import { useSelection } from '../../../state/selection';
import { NoneSelected } from './none-selected';
import { OneModel } from './one-model';
import { SeveralModels } from './several-models';

/** Nothing, one or several models selected: what costs most, the model, their union. */
export function ModelsInspector() {
  const selected = useSelection((state) => state.models);
  const [first] = selected;
  if (first === undefined) return <NoneSelected />;
  if (selected.length === 1) return <OneModel key={first} modelId={first} />;
  return <SeveralModels modelIds={selected} />;
}
