/** The part of the package that is used here; it carries no types of its own. */
declare module 'fs-native-extensions' {
  /** An exclusive lock of the operating system on an open file; false where another holder has it. */
  export function tryLock(fd: number): boolean;
  export function unlock(fd: number): void;
}
