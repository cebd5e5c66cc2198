import { File, Folder, X } from 'lucide-react';
import type { RecentItem } from '../../../../shared/ipc';
import { queryCache, useAction, useQuery } from '../../client';
import { formatAgo } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { openTicket } from '../../state/opening';
import { useToasts } from '../../state/toasts';
import { Button, IconButton } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { ErrorNote } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';

interface RecentsProps {
  /** Leaves out what is open already, where that has a list of its own. */
  readonly unopened?: boolean;
}

export function Recents({ unopened = false }: RecentsProps) {
  const { data, error } = useQuery('home.recents', {});
  const items = data?.filter((item) => !unopened || !item.open);
  return (
    <Card title="Recent" {...(items && items.length > 0 ? { tag: items.length } : {})}>
      {error && !data ? <ErrorNote error={error} /> : null}
      {items?.length === 0 ? (
        <p className="place-empty">
          {unopened
            ? 'Everything that you opened lately is open now.'
            : 'Folders and files that you open are remembered here.'}
        </p>
      ) : null}
      <ul className="place-list">
        {items?.map((item) => (
          <RecentRow key={item.ticket} item={item} />
        ))}
      </ul>
    </Card>
  );
}

function RecentRow({ item }: { readonly item: RecentItem }) {
  const fail = useToasts((state) => state.fail);
  const forget = useAction('home.forgetRecent', fail);
  const name = visibleText(item.name).slice(0, 80);
  const Icon = item.kind === 'folder' ? Folder : File;
  const onForget = async () => {
    await forget.run({ ticket: item.ticket });
    queryCache.refresh('home.recents');
  };
  return (
    <li className={`place ${item.exists ? '' : 'place-gone'}`}>
      <Icon size={16} aria-hidden="true" />
      <div className="place-text">
        <span className="place-name">
          <NameText name={item.name} />
        </span>
        <NameText name={item.path} className="place-path" />
      </div>
      <span className="place-note">
        {item.exists ? formatAgo(item.lastOpened, Date.now()) : 'no longer there'}
      </span>
      <span className="place-buttons">
        {item.open ? (
          <span className="place-open">open</span>
        ) : (
          <Button
            size="small"
            aria-label={`Open ${name}`}
            isDisabled={!item.exists}
            onPress={() => void openTicket(item.ticket)}
          >
            Open
          </Button>
        )}
        <IconButton
          label={`Forget ${name}`}
          icon={<X size={14} aria-hidden="true" />}
          isPending={forget.busy}
          onPress={() => void onForget()}
        />
      </span>
    </li>
  );
}
