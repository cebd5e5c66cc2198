/** Calls through `window.tessera` from a test, exactly as the page itself could make them. */
import type { Page } from '@playwright/test';
import type { Result } from '../../src/shared/base';
import type { ParamsOf, RequestError, RequestName, ValueOf } from '../../src/shared/ipc';

/** The envelope that the bridge answers with, whatever is passed. */
export function rawRequest(
  page: Page,
  name: unknown,
  params: unknown,
): Promise<Result<unknown, RequestError>> {
  return page.evaluate(
    `window.tessera.request(${JSON.stringify(name)}, ${JSON.stringify(params)})`,
  );
}

/** The value of a request that must succeed. */
export async function request<Name extends RequestName>(
  page: Page,
  name: Name,
  params: ParamsOf<Name>,
): Promise<ValueOf<Name>> {
  const answer = (await rawRequest(page, name, params)) as Result<ValueOf<Name>, RequestError>;
  if (answer.ok) return answer.value;
  throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
}

/** The code of a request that must be refused; `answered` if it was not. */
export async function refusal(page: Page, name: unknown, params: unknown): Promise<string> {
  const answer = await rawRequest(page, name, params);
  return answer.ok ? 'answered' : answer.error.code;
}
