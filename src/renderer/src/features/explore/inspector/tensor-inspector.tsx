import { MousePointerClick } from 'lucide-react';
import type { ModelId } from '../../../../../shared/base';
import type { TensorDetail } from '../../../../../shared/domain';
import { useQuery } from '../../../client';
import { formatCount, useBytes } from '../../../lib/format';
import { typeLabel, typeWords } from '../../../lib/fragment-types';
import { visibleText } from '../../../lib/hostile-text';
import { EmptyState, ErrorNote, Skeleton } from '../../../widgets/empty-state';
import { Term } from '../../../widgets/term';
import { CopyButton } from '../copy';
import { StatusText } from '../status-text';
import { elementsText, offsetText, shapeText } from '../tensor-text';
import { WrappedName } from '../wrapped-name';
import { Sharers } from './sharers';

interface TensorInspectorProps {
  readonly modelId: ModelId;
  readonly tensor: number | undefined;
}

export function TensorInspector({ modelId, tensor }: TensorInspectorProps) {
  const params = tensor === undefined ? null : { modelId, index: tensor };
  const { data, error } = useQuery('tensors.detail', params, { keepPrevious: true });
  if (tensor === undefined) {
    return (
      <EmptyState icon={<MousePointerClick size={20} />} title="No tensor chosen">
        Choose one in the table or the tree to see where it lies and who shares it.
      </EmptyState>
    );
  }
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Skeleton />;
  return <Detail detail={data} modelId={modelId} />;
}

function Detail({ detail, modelId }: { detail: TensorDetail; modelId: ModelId }) {
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">Tensor</span>
        <div className="ei-named">
          <h3 className="ei-wrap">
            <WrappedName name={detail.name} mono />
          </h3>
          <CopyButton label="Copy the name" text={() => detail.name} />
        </div>
      </section>
      <Facts detail={detail} />
      <section className="insp-section">
        <span className="insp-label">
          <Term term="fingerprint">BLAKE3 of its bytes</Term>
        </span>
        {detail.hash === undefined ? (
          <p className="muted">Pending: this model is not fingerprinted yet.</p>
        ) : (
          <div className="ei-named">
            <code className="ei-hash mono selectable">{detail.hash}</code>
            <CopyButton label="Copy the hash" text={() => detail.hash ?? ''} />
          </div>
        )}
      </section>
      <Sharers detail={detail} modelId={modelId} />
    </>
  );
}

function Facts({ detail }: { detail: TensorDetail }) {
  const bytes = useBytes();
  const { fragments } = detail;
  return (
    <dl className="insp-list">
      <dt>Status</dt>
      <dd>
        <StatusText sharedBy={detail.sharedBy} style="sentence" />
      </dd>
      <dt>
        <Term term="fragment-type" />
      </dt>
      <dd title={typeWords[detail.type].meaning}>{typeLabel(detail.type)}</dd>
      <dt>
        <Term term="dtype" />
      </dt>
      <dd className="mono">{visibleText(detail.dtype).slice(0, 60)}</dd>
      <dt>Shape</dt>
      <dd className="mono ei-break">{shapeText(detail.shape)}</dd>
      <dt>Elements</dt>
      <dd>{elementsText(detail.elements)}</dd>
      <dt>Size</dt>
      <dd title={`${formatCount(detail.byteLength)} bytes`}>{bytes(detail.byteLength)}</dd>
      <dt>File</dt>
      <dd>
        <WrappedName name={detail.file} />
      </dd>
      <dt>Offset</dt>
      <dd className="ei-break" title="Where its bytes start in the file, decimal and hexadecimal">
        {offsetText(detail.offset)}
      </dd>
      <dt>
        <Term term="fragment">Fragments</Term>
      </dt>
      <dd>{fragments === undefined ? 'pending' : formatCount(fragments)}</dd>
    </dl>
  );
}
