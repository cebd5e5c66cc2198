import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ClientError } from '../../client';
import './empty-state.css';

interface EmptyStateProps {
  readonly icon?: ReactNode;
  /** What is so. */
  readonly title: string;
  /** Why, and what to do. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="empty">
      {icon ? <div className="empty-icon">{icon}</div> : null}
      <p className="empty-title">{title}</p>
      {children ? <div className="empty-text">{children}</div> : null}
      {actions ? <div className="empty-actions">{actions}</div> : null}
    </div>
  );
}

/** A failure in place of what could not be read: its sentence and its way out. */
export function ErrorNote({ error }: { readonly error: ClientError }) {
  return (
    <div className="error-note" role="alert">
      <TriangleAlert size={16} aria-hidden="true" />
      <div>
        <p className="error-note-title">{error.message}</p>
        {error.hint ? <p>{error.hint}</p> : null}
      </div>
    </div>
  );
}

/** Grey lines where text will be. Read out as "Loading". */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
        <i key={line} style={{ width: `${88 - ((line * 37) % 46)}%` }} />
      ))}
    </div>
  );
}
