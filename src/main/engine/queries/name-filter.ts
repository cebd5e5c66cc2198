import { createContext, Script } from 'node:vm';
import { EngineError } from '../protocol';

/** A person's own pattern may backtrack for ever; it is given this long over a whole model. */
const REGEX_MILLISECONDS = 2000;
/** Names are matched over their first characters only: names of a megabyte exist. */
const MATCHED_CHARACTERS = 4096;

/**
 * Indexes of the names that pass. Plain text matches anywhere, without regard to case; a regular
 * expression is JavaScript's (flags i, u). Throws EngineError `invalid-filter` for a pattern that
 * does not parse or takes too long.
 */
export function filterNames(names: readonly string[], text: string, regex: boolean): number[] {
  if (regex) return matchRegex(names, text);
  const wanted = text.toLowerCase();
  const found: number[] = [];
  for (let i = 0; i < names.length; i++) {
    if ((names[i] as string).toLowerCase().includes(wanted)) found.push(i);
  }
  return found;
}

/** The matching runs where it can be interrupted: in a context of its own, under a time limit. */
const matcher = new Script(
  'const found = []; for (let i = 0; i < names.length; i++) if (pattern.test(names[i])) found.push(i); found',
);

function matchRegex(names: readonly string[], text: string): number[] {
  const pattern = compile(text);
  const clipped = names.map((name) => name.slice(0, MATCHED_CHARACTERS));
  const context = createContext({ names: clipped, pattern });
  try {
    return [...(matcher.runInContext(context, { timeout: REGEX_MILLISECONDS }) as number[])];
  } catch {
    throw new EngineError(
      'invalid-filter',
      'This pattern takes too long on these names.',
      'Avoid nested repetition such as (a+)+.',
    );
  }
}

function compile(text: string): RegExp {
  try {
    return new RegExp(text, 'iu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*:\s*/s, '') : String(error);
    throw new EngineError('invalid-filter', `Not a regular expression: ${reason}.`);
  }
}
