import { useEffect, useRef } from 'react';
import { create } from 'zustand';

/** Something a person can do, by the palette, a key or the native menu. */
export interface Command {
  /** `find` and `export-manifest` are also run by the native menu. */
  readonly id: string;
  readonly title: string;
  readonly group: 'Go to' | 'Open' | 'Model' | 'View' | 'Jobs' | 'Help';
  /** As shown: `Ctrl+F`. Binding the key is the owner's business unless it is in the key map. */
  readonly keys?: string;
  readonly run: () => void;
}

interface Commands {
  readonly byOwner: ReadonlyMap<symbol, readonly Command[]>;
}

export const useCommandStore = create<Commands>()(() => ({ byOwner: new Map() }));

/** Every command of what is on show; a later owner's command replaces an earlier one's of its id. */
export function allCommands(byOwner: Commands['byOwner']): readonly Command[] {
  const byId = new Map<string, Command>();
  for (const commands of byOwner.values()) {
    for (const command of commands) byId.set(command.id, command);
  }
  return [...byId.values()];
}

/** Runs a command if something on show offers it; tells whether it did. */
export function runCommand(id: string): boolean {
  const found = allCommands(useCommandStore.getState().byOwner).find((one) => one.id === id);
  found?.run();
  return found !== undefined;
}

/**
 * Offers commands while the caller is mounted. `run` may close over anything: the latest one is
 * called. A change of ids, titles or keys is noticed by `version`, which names what they depend on.
 */
export function useCommands(commands: readonly Command[], version = ''): void {
  const latest = useRef(commands);
  latest.current = commands;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the commands.
  useEffect(() => {
    const owner = Symbol('commands');
    const bound = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find((one) => one.id === command.id)?.run(),
    }));
    const change = (edit: (map: Map<symbol, readonly Command[]>) => void) =>
      useCommandStore.setState(({ byOwner }) => {
        const next = new Map(byOwner);
        edit(next);
        return { byOwner: next };
      });
    change((map) => map.set(owner, bound));
    return () => change((map) => map.delete(owner));
  }, [version]);
}
