import type { ReactNode } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { type TermName, terms } from './terms';
import './term.css';

interface TermProps {
  readonly term: TermName;
  /** Shown instead of the term's own name. */
  readonly children?: ReactNode;
}

/** A word of the field with its explanation on hover and focus. */
export function Term({ term, children }: TermProps) {
  return (
    <TooltipTrigger delay={300} closeDelay={0}>
      <Button className="term">{children ?? terms[term].label}</Button>
      <Tooltip className="tip" offset={6}>
        {terms[term].meaning}
      </Tooltip>
    </TooltipTrigger>
  );
}
