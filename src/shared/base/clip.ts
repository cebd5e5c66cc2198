/**
 * At most `limit` characters (and an ellipsis): a long text loses its middle, for names are told
 * apart by their ends.
 */
export function clipMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
