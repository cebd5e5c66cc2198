/** Types of electron-runtime.mjs for the end-to-end tests. */
export interface Runtime {
  readonly folder: string;
  readonly executable: string;
  readonly label: string;
}

export function findRuntime(with_?: { readonly env?: NodeJS.ProcessEnv }): Promise<Runtime>;
