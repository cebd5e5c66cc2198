import { create } from 'zustand';
import type { ClientError } from '../client';

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'success' | 'error';
  readonly title: string;
  /** A second line: where, or what to do. */
  readonly detail?: string;
}

interface Toasts {
  readonly toasts: readonly Toast[];
  show(toast: Omit<Toast, 'id'>): void;
  /** The failure as its sentence and its way out. */
  fail(error: ClientError): void;
  dismiss(id: number): void;
}

const limit = 4;
let next = 1;

export const useToasts = create<Toasts>()((set, get) => ({
  toasts: [],
  show: (toast) =>
    set((now) => {
      const same = now.toasts.filter((old) => old.title !== toast.title || old.tone !== toast.tone);
      return { toasts: [...same, { ...toast, id: next++ }].slice(-limit) };
    }),
  fail: (error) =>
    get().show({
      tone: 'error',
      title: error.message,
      ...(error.hint === undefined ? {} : { detail: error.hint }),
    }),
  dismiss: (id) => set((now) => ({ toasts: now.toasts.filter((toast) => toast.id !== id) })),
}));
