import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Toast, useToasts } from '../../state/toasts';
import { IconButton } from '../../widgets/button';
import './toasts.css';

/** Long enough to read two lines twice; errors stay until they are dismissed. */
const shownMs = 8000;

const icons = { info: Info, success: CircleCheck, error: TriangleAlert } as const;

/** Two live regions that are always there, so that screen readers announce what enters them. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const errors = toasts.filter((toast) => toast.tone === 'error');
  const news = toasts.filter((toast) => toast.tone !== 'error');
  return (
    // Above dialogs: not hidden by them, and pressing one closes none.
    <div className="toasts" data-react-aria-top-layer="true">
      <div role="alert">
        {errors.map((toast) => (
          <ToastItem key={toast.id} toast={toast} />
        ))}
      </div>
      <div role="status">
        {news.map((toast) => (
          <ToastItem key={toast.id} toast={toast} />
        ))}
      </div>
    </div>
  );
}

function ToastItem({ toast }: { readonly toast: Toast }) {
  const dismiss = useToasts((state) => state.dismiss);
  const [held, setHeld] = useState(false);
  const { id, tone } = toast;
  useEffect(() => {
    if (tone === 'error' || held) return;
    const timer = setTimeout(() => dismiss(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, tone, held, dismiss]);
  const Icon = icons[tone];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only keeps the text on show.
    <div
      className={`toast toast-${tone}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
    >
      <Icon size={16} aria-hidden="true" />
      <div className="toast-text">
        <p className="toast-title">{toast.title}</p>
        {toast.detail ? <p>{toast.detail}</p> : null}
      </div>
      <IconButton label="Dismiss" icon={<X size={14} />} onPress={() => dismiss(id)} />
    </div>
  );
}
