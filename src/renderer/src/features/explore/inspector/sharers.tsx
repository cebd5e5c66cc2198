import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { ModelId } from '../../../../../shared/base';
import type { TensorDetail, TensorSharer } from '../../../../../shared/domain';
import { counted, formatCount } from '../../../lib/format';
import { useNavigation } from '../../../state/navigation';
import { NameText } from '../../../widgets/name-text';
import { initialView, useViews, withoutFilter } from '../view-state';

const FIRST = 12;

interface SharersProps {
  readonly detail: TensorDetail;
  readonly modelId: ModelId;
}

/** Goes to a tensor of any model: unfiltered and in file order, so that the table can show it. */
export function jumpToTensor(modelId: ModelId, tensor: number): void {
  const { views, change } = useViews.getState();
  const view = views.get(modelId) ?? initialView;
  change(modelId, { ...withoutFilter(view), sort: initialView.sort });
  useNavigation.getState().go({ screen: 'explore', modelId, tensor });
}

/** Every other tensor with the same bytes; choosing one goes there. */
export function Sharers({ detail, modelId }: SharersProps) {
  const [all, setAll] = useState(false);
  const { sharers, sharerCount } = detail;
  if (detail.sharedBy === undefined) return null;
  const shown = all ? sharers : sharers.slice(0, FIRST);
  const unlisted = sharerCount - sharers.length;
  return (
    <section className="insp-section">
      <span className="insp-label">
        Same bytes{sharerCount > 0 ? `: ${counted(sharerCount, 'other tensor')}` : ''}
      </span>
      {sharerCount === 0 ? (
        <p>Nothing else that is open holds exactly these bytes.</p>
      ) : (
        <ul className="ei-sharers">
          {shown.map((sharer) => (
            <li key={`${sharer.modelId} ${sharer.tensorIndex}`}>
              <Sharer sharer={sharer} detail={detail} modelId={modelId} />
            </li>
          ))}
        </ul>
      )}
      {!all && sharers.length > FIRST ? (
        <AriaButton className="md-more" onPress={() => setAll(true)}>
          Show {formatCount(sharers.length - FIRST)} more
        </AriaButton>
      ) : null}
      {unlisted > 0 && (all || sharers.length <= FIRST) ? (
        <p className="muted">and {formatCount(unlisted)} more that are not listed</p>
      ) : null}
    </section>
  );
}

function Sharer(props: SharersProps & { readonly sharer: TensorSharer }) {
  const { sharer, detail, modelId } = props;
  const here = sharer.modelId === modelId;
  return (
    <AriaButton
      className="ei-sharer"
      onPress={() => jumpToTensor(sharer.modelId, sharer.tensorIndex)}
    >
      {here ? <span className="ei-here">In this model</span> : <NameText name={sharer.modelName} />}
      {sharer.sameName ? (
        <span className="muted">same name</span>
      ) : (
        <NameText name={sharer.tensorName} mono className="muted" />
      )}
      {sharer.dtype === detail.dtype ? null : (
        <span className="muted">read as {sharer.dtype.slice(0, 40)}</span>
      )}
    </AriaButton>
  );
}
