import { type ReactNode, useId } from 'react';
import './card.css';

interface CardProps {
  readonly title: ReactNode;
  /** Beside the title: a count or a state. */
  readonly tag?: ReactNode;
  /** At the right end of the header. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Takes the height that is left. */
  readonly fill?: boolean;
  readonly className?: string;
}

export function Card({ title, tag, actions, children, fill = false, className = '' }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${fill ? 'card-fill' : ''} ${className}`} aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {tag === undefined ? null : <Tag>{tag}</Tag>}
        <div className="card-actions">{actions}</div>
      </header>
      {children}
    </section>
  );
}

export function Tag({
  children,
  title,
}: {
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span className="tag" title={title}>
      {children}
    </span>
  );
}

interface KpiProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note: ReactNode;
  readonly tone?: 'plain' | 'warn';
}

/** A figure with its name above and what it means below. */
export function Kpi({ label, value, note, tone = 'plain' }: KpiProps) {
  return (
    <div className={`kpi kpi-${tone}`}>
      <dt>{label}</dt>
      <dd className="kpi-value">{value}</dd>
      <dd className="kpi-note">{note}</dd>
    </div>
  );
}

export function Kpis({
  children,
  label,
}: {
  readonly children: ReactNode;
  readonly label: string;
}) {
  return (
    <div className="kpis-box">
      <dl className="kpis" aria-label={label}>
        {children}
      </dl>
    </div>
  );
}
