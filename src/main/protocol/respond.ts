import { readFile } from 'node:fs/promises';
import { securityHeaders } from './content-security-policy';
import type { ServedFile } from './file-list';

export const appScheme = 'app';
export const appHost = 'tessera';
/** The one origin that the window has. */
export const appOrigin = `${appScheme}://${appHost}`;

/** Answers one request to `app://`. Only listed files, only GET, no query; anything else is 404. */
export async function respond(
  files: ReadonlyMap<string, ServedFile>,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  const served = request.method === 'GET' ? find(files, request.url) : undefined;
  if (served === undefined) return refuse();
  try {
    const body = await readFile(served.file);
    return new Response(new Uint8Array(body), {
      headers: { ...securityHeaders(), 'Content-Type': served.contentType },
    });
  } catch {
    return refuse();
  }
}

function find(files: ReadonlyMap<string, ServedFile>, url: string): ServedFile | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname, search, username, password } = new URL(url);
  const plain = `${search}${username}${password}` === '';
  const ours = protocol === `${appScheme}:` && host === appHost && plain;
  return ours ? files.get(pathname) : undefined;
}

function refuse(): Response {
  return new Response('Not found\n', {
    status: 404,
    headers: { ...securityHeaders(), 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
