import { type ReactNode, useEffect } from 'react';
import { createPortal } from 'react-dom';
import { create } from 'zustand';

interface Slots {
  readonly inspector: HTMLElement | null;
  readonly actions: HTMLElement | null;
  /** How many screens on show put something into the inspector; without one it is not there. */
  readonly inspectorUsers: number;
}

/** The places of the shell that a screen may fill: the inspector and the top bar's actions. */
export const useSlots = create<Slots>()(() => ({
  inspector: null,
  actions: null,
  inspectorUsers: 0,
}));

export const setInspectorSlot = (inspector: HTMLElement | null) => useSlots.setState({ inspector });
export const setActionsSlot = (actions: HTMLElement | null) => useSlots.setState({ actions });

/** What a screen shows in the inspector at the right while it is on show. */
export function InspectorPortal({ children }: { readonly children: ReactNode }) {
  const host = useSlots((slots) => slots.inspector);
  useEffect(() => {
    useSlots.setState((now) => ({ inspectorUsers: now.inspectorUsers + 1 }));
    return () => useSlots.setState((now) => ({ inspectorUsers: now.inspectorUsers - 1 }));
  }, []);
  return host ? createPortal(children, host) : null;
}

/** A screen's own buttons at the right end of the top bar. */
export function TopActions({ children }: { readonly children: ReactNode }) {
  const host = useSlots((slots) => slots.actions);
  return host ? createPortal(children, host) : null;
}
