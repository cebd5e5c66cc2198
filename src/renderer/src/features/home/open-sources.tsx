import { File, Folder, RefreshCw, X } from 'lucide-react';
import type { SourceInfo } from '../../../../shared/domain';
import { useAction } from '../../client';
import { counted, useBytes } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { useToasts } from '../../state/toasts';
import { IconButton } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { NameText } from '../../widgets/name-text';

export function OpenSources({ sources }: { readonly sources: readonly SourceInfo[] }) {
  return (
    <Card title="Open now" tag={sources.length}>
      <ul className="place-list">
        {sources.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </ul>
    </Card>
  );
}

function SourceRow({ source }: { readonly source: SourceInfo }) {
  const bytes = useBytes();
  const fail = useToasts((state) => state.fail);
  const close = useAction('sources.close', fail);
  const rescan = useAction('sources.rescan', fail);
  const sourceId = source.id;
  const name = visibleText(source.name).slice(0, 80);
  const Icon = source.kind === 'folder' ? Folder : File;
  return (
    <li className="place">
      <Icon size={16} aria-hidden="true" />
      <div className="place-text">
        <span className="place-name">
          <NameText name={source.name} />
        </span>
        <NameText name={source.path} className="place-path" />
      </div>
      <span className="place-note">
        {source.state === 'scanning' ? 'reading headers…' : null}
        {source.state === 'missing' ? 'no longer there' : null}
        {source.state === 'ready'
          ? `${counted(source.models, 'model')} · ${bytes(source.logicalBytes)}`
          : null}
      </span>
      <span className="place-buttons">
        <IconButton
          label={`Look again in ${name}`}
          icon={<RefreshCw size={14} aria-hidden="true" />}
          isPending={rescan.busy}
          isDisabled={source.state === 'scanning'}
          onPress={() => void rescan.run({ sourceId })}
        />
        <IconButton
          label={`Close ${name}`}
          icon={<X size={14} aria-hidden="true" />}
          isPending={close.busy}
          onPress={() => void close.run({ sourceId })}
        />
      </span>
    </li>
  );
}
