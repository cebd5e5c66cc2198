import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { FormatError } from '../errors';
import { readHeader } from '../index';

/*
 * A process of its own for limits.test.ts, started with little memory: reads the header of each
 * file whose path comes in on a line, and answers with a line of JSON.
 */

/** What the child answers for one file. */
export interface LimitsAnswer {
  /** `refused: …`, or the format; anything else that is thrown ends the child. */
  readonly outcome: string;
  readonly seconds: number;
  /** Highest resident memory while it was read, where the system tells; else since the start. */
  readonly peakBytes: number;
}

/** Highest resident memory since the last `forgetPeak`, in bytes. */
function peak(): number {
  try {
    const kibibytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(kibibytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** Lets go of what the file before left behind: the next peak is the next file's. */
function forgetPeak(): void {
  globalThis.gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux: peaks only grow.
  }
}

function outcomeOf(path: string): string {
  try {
    return readHeader(path).format;
  } catch (error) {
    if (error instanceof FormatError) return `refused: ${error.expected}, ${error.found}`;
    throw error;
  }
}

for await (const path of createInterface({ input: process.stdin })) {
  forgetPeak();
  const start = performance.now();
  const outcome = outcomeOf(path);
  const seconds = (performance.now() - start) / 1000;
  const answer: LimitsAnswer = { outcome: outcome.slice(0, 200), seconds, peakBytes: peak() };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
