import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { ModelDetail, ModelFileInfo, ModelSummary } from '../../../../../shared/domain';
import { useQuery } from '../../../client';
import { formatCount, useBytes } from '../../../lib/format';
import { visibleText } from '../../../lib/hostile-text';
import { useNavigation } from '../../../state/navigation';
import { ErrorNote, Skeleton } from '../../../widgets/empty-state';
import { FormatBadge } from '../../../widgets/format-badge';
import { ModelFactsView } from '../../../widgets/model-facts';
import { NameText } from '../../../widgets/name-text';
import { SharingBar, SharingLegend } from '../../../widgets/sharing-bar';
import { Term } from '../../../widgets/term';
import { WrappedName } from '../wrapped-name';
import { MetadataView } from './metadata-view';
import { TypeBreakdown } from './type-breakdown';
import './metadata-tree.css';

const FIRST_FILES = 8;
const FIRST_PARTNERS = 8;

/** What is known of the whole model: sizes, files, who shares with it, and its metadata. */
export function ModelInspector({ model }: { readonly model: ModelSummary }) {
  const { data, error } = useQuery('models.detail', { modelId: model.id });
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">Model</span>
        <h3 className="ei-wrap">
          <WrappedName name={model.name} />
        </h3>
        <NameText name={model.folder} className="muted" />
      </section>
      {model.opaqueReason === undefined ? null : (
        <p className="ei-opaque">
          <Term term="opaque" />: {visibleText(model.opaqueReason)}
        </p>
      )}
      {data ? <ModelFactsView facts={data.facts} title="What its files state" /> : null}
      <Facts model={model} />
      {model.tensors === 0 ? null : <TypeBreakdown modelId={model.id} />}
      {error ? <ErrorNote error={error} /> : null}
      {data ? <Parts detail={data} /> : error ? null : <Skeleton />}
    </>
  );
}

function Facts({ model }: { model: ModelSummary }) {
  const bytes = useBytes();
  return (
    <dl className="insp-list">
      <dt>Format</dt>
      <dd>
        <FormatBadge format={model.format} reason={model.opaqueReason} />
      </dd>
      <dt>
        <Term term="tensor" />
      </dt>
      <dd>{formatCount(model.tensors)}</dd>
      <dt>
        <Term term="logical" />
      </dt>
      <dd>{bytes(model.logicalBytes)}</dd>
      {model.bytes ? (
        <>
          <dt>
            <Term term="shared" />
          </dt>
          <dd>{bytes(model.bytes.sharedBytes)}</dd>
          <dt>
            <Term term="exclusive" />
          </dt>
          <dd>{bytes(model.bytes.exclusiveBytes)}</dd>
        </>
      ) : null}
    </dl>
  );
}

function Parts({ detail }: { detail: ModelDetail }) {
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">Sharing</span>
        <SharingBar model={detail} wide />
        {detail.bytes ? <SharingLegend /> : null}
      </section>
      <Partners detail={detail} />
      <Files files={detail.fileList} />
      <MetadataView detail={detail} />
    </>
  );
}

function Partners({ detail }: { detail: ModelDetail }) {
  const bytes = useBytes();
  const go = useNavigation((state) => state.go);
  const [all, setAll] = useState(false);
  const partners = all ? detail.sharesWith : detail.sharesWith.slice(0, FIRST_PARTNERS);
  if (!detail.bytes) return null;
  return (
    <section className="insp-section">
      <span className="insp-label">Shares bytes with</span>
      {partners.length === 0 ? <p className="muted">No other open model.</p> : null}
      <ul className="ei-sharers">
        {partners.map((partner) => (
          <li key={partner.modelId}>
            <AriaButton
              className="ei-sharer ei-partner"
              onPress={() => go({ screen: 'explore', modelId: partner.modelId })}
            >
              <NameText name={partner.name} />
              <span className="num">{bytes(partner.sharedBytes)}</span>
            </AriaButton>
          </li>
        ))}
      </ul>
      <More left={detail.sharesWith.length - partners.length} onPress={() => setAll(true)} />
    </section>
  );
}

function Files({ files }: { files: readonly ModelFileInfo[] }) {
  const bytes = useBytes();
  const [all, setAll] = useState(false);
  const shown = all ? files : files.slice(0, FIRST_FILES);
  return (
    <section className="insp-section">
      <span className="insp-label">Files</span>
      <ul className="ei-files">
        {shown.map((file) => (
          <li key={file.path}>
            <NameText name={file.path} />
            <span className="muted">{file.role === 'sidecar' ? 'sidecar' : file.format}</span>
            <span className="num">{bytes(file.size)}</span>
          </li>
        ))}
      </ul>
      <More left={files.length - shown.length} onPress={() => setAll(true)} />
    </section>
  );
}

function More({ left, onPress }: { left: number; onPress: () => void }) {
  if (left <= 0) return null;
  return (
    <AriaButton className="md-more" onPress={onPress}>
      Show {formatCount(left)} more
    </AriaButton>
  );
}
