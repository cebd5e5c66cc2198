import { HardDrive } from 'lucide-react';
import { useQuery } from '../../client';
import { openTicket } from '../../state/opening';
import { Button } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { ErrorNote } from '../../widgets/empty-state';
import { NameText } from '../../widgets/name-text';

/** Where other programs keep models on this computer, found by existence; nothing is read yet. */
export function Stores() {
  const { data, error } = useQuery('home.stores', {});
  return (
    <Card title="Found on this computer" {...(data && data.length > 0 ? { tag: data.length } : {})}>
      {error && !data ? <ErrorNote error={error} /> : null}
      {data?.length === 0 ? (
        <p className="place-empty">
          No Hugging Face cache, Ollama, LM Studio or ComfyUI folder in its usual place. Open yours
          by hand.
        </p>
      ) : null}
      <ul className="place-list">
        {data?.map((store) => (
          <li key={store.ticket} className="place">
            <HardDrive size={16} aria-hidden="true" />
            <div className="place-text">
              <span className="place-name">{store.name}</span>
              <NameText name={store.path} className="place-path" />
            </div>
            <span className="place-buttons">
              {store.open ? (
                <span className="place-open">open</span>
              ) : (
                <Button
                  size="small"
                  aria-label={`Open ${store.name}`}
                  onPress={() => void openTicket(store.ticket)}
                >
                  Open
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
