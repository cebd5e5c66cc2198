import { FileDown, FolderTree } from 'lucide-react';
import type { ModelId } from '../../../../../shared/base';
import type { ModelDetail } from '../../../../../shared/domain';
import { useQuery } from '../../../client';
import { formatCount, useBytes } from '../../../lib/format';
import { visibleText } from '../../../lib/hostile-text';
import { useCommands } from '../../../state/commands';
import { exportManifest } from '../../../state/exporting';
import { useNavigation } from '../../../state/navigation';
import { Button } from '../../../widgets/button';
import { ErrorNote, Skeleton } from '../../../widgets/empty-state';
import { FormatBadge } from '../../../widgets/format-badge';
import { ModelFactsView } from '../../../widgets/model-facts';
import { NameText } from '../../../widgets/name-text';
import { SharingBar, sharingText } from '../../../widgets/sharing-bar';
import { Term } from '../../../widgets/term';
import { FileList } from './file-list';
import { MetadataList } from './metadata-list';
import { PartnerList } from './partner-list';

export function OneModel({ modelId }: { readonly modelId: ModelId }) {
  const { data: model, error } = useQuery('models.detail', { modelId });
  if (error && !model) return <ErrorNote error={error} />;
  if (!model) return <Skeleton />;
  return (
    <>
      <section className="insp-section">
        <span className="insp-label">Model</span>
        <h2 className="insp-title">
          <NameText name={model.name} />
        </h2>
        <NameText name={model.folder} className="models-folder" />
      </section>
      <Actions model={model} />
      <Numbers model={model} />
      <ModelFactsView facts={model.facts} title="What its files state" />
      <PartnerList model={model} />
      <FileList files={model.fileList} />
      <MetadataList metadata={model.metadata} />
    </>
  );
}

function Actions({ model }: { readonly model: ModelDetail }) {
  const go = useNavigation((state) => state.go);
  const ready = model.analysis === 'done';
  const explore = () => go({ screen: 'explore', modelId: model.id });
  const save = () => void exportManifest(model.id);
  useCommands([
    { id: 'explore-model', group: 'Model', title: 'Explore the selected model', run: explore },
    {
      id: 'export-manifest',
      group: 'Model',
      title: 'Export the manifest of the selected model…',
      keys: 'Ctrl+E',
      run: save,
    },
  ]);
  return (
    <div className="insp-actions">
      <Button
        tone="primary"
        icon={<FolderTree size={14} aria-hidden="true" />}
        isDisabled={model.tensors === 0}
        onPress={explore}
      >
        Open in Explore
      </Button>
      <Button icon={<FileDown size={14} aria-hidden="true" />} isDisabled={!ready} onPress={save}>
        Export manifest…
      </Button>
      {ready ? null : (
        <p className="muted">
          {model.analysis === 'failed'
            ? 'A manifest needs every byte of the model, and it could not be read: see Problems.'
            : 'A manifest needs every byte of the model: it can be exported once it is fingerprinted.'}
        </p>
      )}
    </div>
  );
}

function Numbers({ model }: { readonly model: ModelDetail }) {
  const bytes = useBytes();
  const pending = model.analysis === 'failed' ? 'failed' : 'pending';
  const shown = (value: number | undefined) =>
    value === undefined ? <span className="models-pending">{pending}</span> : bytes(value);
  return (
    <section className="insp-section">
      <SharingBar model={model} wide />
      <p className="muted">{sharingText(model)}</p>
      <dl className="insp-list">
        <dt>
          <Term term="logical" />
        </dt>
        <dd>{bytes(model.logicalBytes)}</dd>
        <dt>
          <Term term="unique" />
        </dt>
        <dd>{shown(model.bytes?.uniqueBytes)}</dd>
        <dt>
          <Term term="exclusive" />
        </dt>
        <dd>{shown(model.bytes?.exclusiveBytes)}</dd>
        <dt>
          <Term term="shared" />
        </dt>
        <dd>{shown(model.bytes?.sharedBytes)}</dd>
        <dt>Format</dt>
        <dd>
          <FormatBadge format={model.format} reason={model.opaqueReason} />
        </dd>
        <dt>
          <Term term="tensor" />
        </dt>
        <dd>{formatCount(model.tensors)}</dd>
      </dl>
      {model.opaqueReason ? (
        <p className="models-opaque">
          <Term term="opaque" />: {visibleText(model.opaqueReason)}
        </p>
      ) : null}
    </section>
  );
}
