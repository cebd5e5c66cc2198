import type { z } from 'zod';
import { err, ok, type Result } from '../../shared/base';
import {
  type ParsedParamsOf,
  type RequestError,
  type RequestName,
  requests,
  type ValueOf,
} from '../../shared/ipc';
import { isUnforeseen, toRequestError } from './failure';
import { isTrusted, type Sender } from './sender';

/** One function per request of the contract; it receives parsed parameters. */
export type Handlers = {
  readonly [Name in RequestName]: (
    params: ParsedParamsOf<Name>,
  ) => Promise<ValueOf<Name>> | ValueOf<Name>;
};

export interface RouterOptions {
  readonly handlers: Handlers;
  /** A refused call, or a failure nobody foresaw. */
  readonly onProblem: (sentence: string, error?: unknown) => void;
}

export type Router = (
  sender: Sender,
  name: unknown,
  params: unknown,
) => Promise<Result<unknown, RequestError>>;

/** Answers every call with a value or a typed error; never rejects, never answers undefined. */
export function createRouter({ handlers, onProblem }: RouterOptions): Router {
  const refuse = (code: RequestError['code'], message: string) => {
    onProblem(`Refused (${code}): ${message}`);
    return err<RequestError>({ code, message });
  };
  return async (sender, name, params) => {
    if (!isTrusted(sender)) {
      return refuse('forbidden-sender', `Calls from ${printable(sender.origin)} are not answered.`);
    }
    if (!isRequestName(name)) {
      return refuse('unknown-request', `There is no request ${printable(name)}.`);
    }
    const schema: z.ZodType = requests[name].params;
    const parsed = schema.safeParse(params);
    if (!parsed.success) {
      return refuse(
        'bad-params',
        `${name} does not take these parameters: ${explain(parsed.error)}`,
      );
    }
    try {
      // The schema of `name` made `parsed.data`, so it is what the handler of `name` takes.
      const handler = handlers[name] as (params: unknown) => unknown;
      return ok(await handler(parsed.data));
    } catch (error) {
      if (isUnforeseen(error)) onProblem(`${name} failed`, error);
      return err(toRequestError(error));
    }
  };
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name);
}

function explain(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => {
    const where = issue.path.map(String).join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  return `${shown.join('; ').slice(0, 300)}.`;
}

/** A stranger's text, short and without control characters, fit for a log line. */
function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value;
  return JSON.stringify(text.slice(0, 80));
}
