/** A stretch of a name: plain text, or the visible stand-in of a character that cannot be shown. */
export interface TextPart {
  readonly kind: 'plain' | 'escape';
  readonly text: string;
}

/**
 * Characters that are invisible, that move or reorder other text, or that are broken: C0 and C1
 * controls, soft hyphen, bidi marks, embeddings, overrides and isolates, zero-width characters,
 * line and paragraph separators, variation selectors of the supplement, tags, lone surrogates
 * (with the `u` flag the surrogate range matches only those that form no pair).
 */
const unshowable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}\ud800-\udfff]|\u034f/gu;

const short: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};

function escapeOf(character: string): string {
  const known = short[character];
  if (known) return known;
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16).toUpperCase()}}`;
}

/** Splits a name from a file into what can be shown as it is and what needs a stand-in. */
export function visibleParts(name: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let last = 0;
  for (const match of name.matchAll(unshowable)) {
    if (match.index > last) parts.push({ kind: 'plain', text: name.slice(last, match.index) });
    parts.push({ kind: 'escape', text: escapeOf(match[0]) });
    last = match.index + match[0].length;
  }
  if (last < name.length) parts.push({ kind: 'plain', text: name.slice(last) });
  return parts;
}

/** The same in one string, for titles, labels and sentences. */
export function visibleText(name: string): string {
  return name.replace(unshowable, escapeOf);
}

const headLength = 240;
const tailLength = 60;

/** A name of at most about 300 characters: its start and its end, which tell names apart. */
export function clipMiddle(name: string): string {
  if (name.length <= headLength + tailLength + 1) return name;
  return `${trimHalf(name.slice(0, headLength))}…${trimHalf(name.slice(-tailLength))}`;
}

/** Cutting by UTF-16 units can split a pair; a half at a cut is dropped. */
function trimHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '').replace(/^[\udc00-\udfff]/, '');
}

const splitFrom = 22;
const tailShown = 9;

export interface SplitName {
  /** May be clipped. */
  readonly head: string;
  /** Stays. */
  readonly tail: string;
  /** About the width of the tail in a proportional font, in em. */
  readonly tailWidth: number;
}

/**
 * A longish plain ASCII name as its start, which may be clipped, and its end, which stays.
 * Undefined for short names; for other scripts, whose letters join across any cut; and for names
 * whose ends tell nothing: shards, and files with a long extension.
 */
export function splitTail(name: string): SplitName | undefined {
  if (name.length < splitFrom || name.length > headLength) return undefined;
  if (!/^[\x20-\x7e]*$/.test(name) || /-\d+-of-\d+|\.[a-z]{7,}$/.test(name)) return undefined;
  const tail = name.slice(-tailShown);
  return { head: name.slice(0, -tailShown), tail, tailWidth: asciiWidth(tail) };
}

/** Inter's widths by kind of letter, a little on the wide side. */
function asciiWidth(text: string): number {
  let width = 0.12;
  for (const letter of text) {
    if (/[1ijlIrtf.,:;'|!()[\] ]/.test(letter)) width += 0.4;
    else if (/[mwMW@%]/.test(letter)) width += 0.95;
    else if (/[A-Z0-9_]/.test(letter)) width += 0.68;
    else width += 0.58;
  }
  return width;
}

/** The last two parts of a path, which tell folders apart; `…/models/qwen`. */
export function pathTail(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  return parts.length <= 2 ? path : `…/${parts.slice(-2).join('/')}`;
}

const titleLength = 1000;

/** For a tooltip: visible, and with the full length where it had to be cut. */
export function titleText(name: string): string {
  if (name.length <= titleLength) return visibleText(name);
  return `${visibleText(trimHalf(name.slice(0, titleLength)))}… (${name.length} characters)`;
}
