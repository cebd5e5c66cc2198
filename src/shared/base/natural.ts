const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/**
 * Natural order: runs of ASCII digits compare by value (`layer.2` before `layer.10`), other
 * characters by code unit, so the order is total, the same on every system, and fast on long lists.
 */
export function compareNatural(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const startA = skipZeros(a, i);
      const startB = skipZeros(b, j);
      i = skipDigits(a, startA);
      j = skipDigits(b, startB);
      const byLength = i - startA - (j - startB);
      if (byLength !== 0) return byLength;
      for (let k = 0; k < i - startA; k++) {
        const difference = a.charCodeAt(startA + k) - b.charCodeAt(startB + k);
        if (difference !== 0) return difference;
      }
    } else {
      if (x !== y) return x - y;
      i += 1;
      j += 1;
    }
  }
  const rest = a.length - i - (b.length - j);
  return rest !== 0 ? rest : a < b ? -1 : a > b ? 1 : 0;
}

function skipZeros(text: string, from: number): number {
  let at = from;
  while (at + 1 < text.length && text.charCodeAt(at) === 48 && isDigit(text.charCodeAt(at + 1))) {
    at += 1;
  }
  return at;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
  return at;
}
