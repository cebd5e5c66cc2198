/** Compile-time proof that a union is exhausted; throws if a value slips through at run time. */
export function assertUnreachable(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
