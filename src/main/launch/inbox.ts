/** Paths handed over by the system or by a second instance, kept until somebody can open them. */
export interface Inbox {
  push(paths: readonly string[]): void;
  /** Takes what has waited and everything from then on. Call once. */
  drain(consumer: (paths: readonly string[]) => void): void;
  /** What has waited so far; it is not handed to the consumer any more. */
  take(): readonly string[];
}

export function createInbox(): Inbox {
  let waiting: string[] = [];
  let consume: ((paths: readonly string[]) => void) | null = null;
  const take = () => {
    const taken = waiting;
    waiting = [];
    return taken;
  };
  return {
    take,
    push: (paths) => {
      if (consume === null) waiting.push(...paths);
      else consume(paths);
    },
    drain: (consumer) => {
      consume = consumer;
      if (waiting.length > 0) consumer(take());
    },
  };
}
