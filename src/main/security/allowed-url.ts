import { appOrigin } from '../protocol/respond';

/**
 * What a session may load: our own origin; `data:` and `blob:`, which never reach a disk or a
 * network; and in development the developer tools' own pages.
 */
export function isAllowedUrl(url: string, dev: boolean): boolean {
  const allowed = [`${appOrigin}/`, 'data:', 'blob:', ...(dev ? ['devtools://'] : [])];
  return allowed.some((prefix) => url.startsWith(prefix));
}
