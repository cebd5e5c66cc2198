/** A tensor's name taken apart; everything in lower case. */
export interface NameParts {
  /** Between dots, slashes and colons, without what only says how values are stored; as tokens. */
  readonly parts: readonly Tokens[];
  /** The tokens of all parts. */
  readonly all: ReadonlySet<string>;
  /** The last part that is not a number: `to_out` of `attn1.to_out.0.weight`. */
  readonly last: Tokens;
  /** The word that was dropped from the end: `weight`, `bias`, `qweight` …; empty if none was. */
  readonly parameter: string;
}
export type Tokens = readonly string[];

/** Words written with spaces between. */
export const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const parameterWords = words(
  'weight bias weights kernel qweight qzeros scales scale zeros gamma beta data',
);
/** What quantisers and number formats put beside a weight, as a part of its own. */
const storageParts = words(
  'g_idx scb input_scale output_scale scale_weight scale_input weight_format',
);

/** Splits any name, in time that grows with its length only. */
export function nameParts(name: string): NameParts {
  const split = plainName(name).split(/[./:]+/);
  const parts = upToWeight(split.map(tokensOf));
  const parameter = takeParameter(parts);
  const filled = parts.filter((tokens) => tokens.length > 0);
  return {
    parts: filled,
    all: new Set(filled.flat()),
    last: filled.findLast((tokens) => tokens.some((token) => !/^\d+$/.test(token))) ?? [],
    parameter,
  };
}

/** TensorFlow numbers an operation's outputs: `conv1/kernel:0`. LoRA names end in words there. */
const plainName = (name: string): string => name.replace(/:\d{1,3}$/, '');

/** Words and numbers: `q_proj`, `LayerNorm`, `conv2d` → `q proj`, `layer norm`, `conv 2 d`. */
function tokensOf(text: string): Tokens {
  const tokens = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return tokens.map((token) => token.toLowerCase());
}

/** Ends at a part `weight` or `bias`: `q_proj.weight.absmax`, `conv.parametrizations.weight.original1`. */
function upToWeight(parts: readonly Tokens[]): Tokens[] {
  const at = parts.findIndex(
    (tokens) => tokens.length === 1 && /^(weight|bias)$/.test(`${tokens}`),
  );
  const kept = at < 0 ? [...parts] : parts.slice(0, at + 1);
  return kept.filter((tokens) => joined(tokens) !== 'parametrizations');
}

/** Removes the word that says which parameter of its layer this is, and returns it. */
function takeParameter(parts: Tokens[]): string {
  if (storageParts.has(joined(parts.at(-1) ?? []))) {
    parts.pop();
    return 'scales';
  }
  const tail = parts.at(-1) ?? [];
  const [first = ''] = tail;
  const word = tail.at(-1) ?? '';
  const replaceTail = (tokens: Tokens) => {
    parts[parts.length - 1] = tokens;
  };
  // Chainer's and Caffe's `W` and `b`.
  if (parts.length > 1 && (joined(tail) === 'w' || joined(tail) === 'b')) {
    replaceTail([]);
    return word === 'b' ? 'bias' : 'weight';
  }
  if (parameterWords.has(word)) {
    replaceTail(tail.slice(0, -1));
    return word;
  }
  // Recurrent layers' `weight_ih_l0` and `bias_hh`; weight norm's `weight_v`; `weight_scale_inv`.
  if (first !== 'weight' && first !== 'bias') return '';
  replaceTail([]);
  if (first === 'bias') return 'bias';
  return tail.length === 2 && (word === 'g' || word === 'v') ? 'weight' : '';
}

export const joined = (tokens: Tokens): string => tokens.join('_');

export function has(tokens: Iterable<string>, wanted: ReadonlySet<string>): boolean {
  for (const token of tokens) if (wanted.has(token)) return true;
  return false;
}
