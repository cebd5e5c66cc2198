import { Boxes, FolderTree, GitCompare, House, PiggyBank, TriangleAlert } from 'lucide-react';
import type { ComponentType } from 'react';
import type { ScreenName } from '../../../shared/ipc';

export interface ScreenEntry {
  readonly name: ScreenName;
  readonly title: string;
  /** Pressed alone, outside of a text field. */
  readonly key: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
}

/** In the order of the rail. */
export const screens: readonly ScreenEntry[] = [
  { name: 'home', title: 'Home', key: '1', icon: House },
  { name: 'models', title: 'Models', key: '2', icon: Boxes },
  { name: 'explore', title: 'Explore', key: '3', icon: FolderTree },
  { name: 'compare', title: 'Compare', key: '4', icon: GitCompare },
  { name: 'savings', title: 'Savings', key: '5', icon: PiggyBank },
  { name: 'problems', title: 'Problems', key: '6', icon: TriangleAlert },
];

export const screenTitle = (name: ScreenName): string =>
  screens.find((screen) => screen.name === name)?.title ?? name;
