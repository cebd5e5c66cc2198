import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { copyText } from '../../lib/clipboard';
import { useToasts } from '../../state/toasts';
import { IconButton } from '../../widgets/button';

const SHOWN_MS = 1400;

interface CopyButtonProps {
  /** "Copy the hash". */
  readonly label: string;
  /** Undefined: it could not be had, and whoever was asked has said so. */
  readonly text: () => string | Promise<string | undefined>;
}

/** Copies, and shows for a moment that it did; says so when the system refuses. */
export function CopyButton({ label, text }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const wanted = await text();
    if (wanted === undefined) return;
    if (!(await copyText(wanted))) {
      useToasts.getState().show({
        tone: 'error',
        title: 'The clipboard could not be written.',
        detail: 'Select the text and press Ctrl+C instead.',
      });
      return;
    }
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
  };
  const icon = copied ? (
    <Check size={14} aria-hidden="true" />
  ) : (
    <Copy size={14} aria-hidden="true" />
  );
  return <IconButton label={copied ? 'Copied' : label} icon={icon} onPress={() => void copy()} />;
}
