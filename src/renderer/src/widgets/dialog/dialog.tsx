import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from '../button';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Hides the heading from sight, not from screen readers. */
  readonly bare?: boolean;
  readonly place?: 'center' | 'top';
  readonly width?: 'narrow' | 'medium' | 'wide';
}

/** A modal dialog: focus stays inside, Escape and a click beside it close it. */
export function Dialog(props: DialogProps) {
  const { title, onClose, children, bare = false, place = 'center', width = 'medium' } = props;
  return (
    <ModalOverlay
      isOpen
      isDismissable
      className={`backdrop backdrop-${place}`}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={`modal modal-${width}`}>
        <AriaDialog className="dialog" {...(bare ? { 'aria-label': title } : {})}>
          {bare ? null : (
            <header className="dialog-head">
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              <IconButton label="Close" keys="Esc" icon={<X size={16} />} onPress={onClose} />
            </header>
          )}
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
