/**
 * How well `query` fits `text`, higher is better; undefined when it does not. Every letter must
 * occur in order, without regard to case; runs, and starts of words, count more. Linear in `text`.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  if (wanted === '') return 0;
  const target = text.toLowerCase();
  const whole = target.indexOf(query.trim().toLowerCase());
  if (whole >= 0) return 1000 - Math.min(whole, 500) + (startsWord(target, whole) ? 200 : 0);
  let score = 0;
  let from = 0;
  let run = 0;
  for (const letter of wanted) {
    const at = target.indexOf(letter, from);
    if (at < 0) return undefined;
    run = at === from && from > 0 ? run + 1 : 0;
    score += 1 + run * 2 + (startsWord(target, at) ? 4 : 0);
    from = at + letter.length;
  }
  return score;
}

const startsWord = (text: string, at: number): boolean =>
  at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/** The items that fit, best first, equal ones in their order, at most `limit`. */
export function fuzzyFind<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  query: string,
  limit: number,
): readonly Item[] {
  if (query.trim() === '') return items.slice(0, limit);
  return items
    .flatMap((item) => {
      const score = fuzzyScore(query, textOf(item));
      return score === undefined ? [] : [{ item, score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}
