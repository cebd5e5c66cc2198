/** Where a name stands in a series: states of one training run, or dated versions. */
export interface Step {
  /** `step`: an epoch or step of one run; `date`: a version's day. */
  readonly kind: 'step' | 'date';
  /** The name without its place in the series; equal for all of one series. */
  readonly stem: string;
  /** The place, most significant number first: `[3, 1200]`, `[20240709]`. */
  readonly at: readonly number[];
}

/** `Epoch-20`, `checkpoint-1000`, `global_step=5`, and the six digits that sd-scripts appends. */
const COUNTED =
  /(?<![a-z])(?:epochs?|(?:global[-_]?)?steps?|iter(?:ation)?s?|checkpoint|ckpt)[-_= ]?(\d+)|[-_](\d{6})(?=\.|$)/gi;
const DATED = /(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)/;

/**
 * What a model's name, or else the last folder of its path, says of its place in a series; undefined
 * where they count nothing. Numbers behind the place (a loss, a commit) are no part of the stem.
 */
export function stepOf(name: string, folder: string): Step | undefined {
  const own = stepOfText(name);
  if (own !== undefined) return own;
  const cut = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
  const around = stepOfText(folder.slice(cut + 1));
  return around && { ...around, stem: `${folder.slice(0, cut + 1)}${around.stem}/${name}` };
}

function stepOfText(text: string): Step | undefined {
  const counted = [...text.slice(0, 512).matchAll(COUNTED)];
  const first = counted[0];
  if (first !== undefined) {
    const at = counted.map((match) => Number(match[1] ?? match[2]));
    const stem = text.slice(0, first.index) + withoutNumbers(text.slice(first.index));
    return { kind: 'step', stem, at };
  }
  const date = DATED.exec(text);
  if (date === null) return undefined;
  const [, year, month, day] = date;
  return { kind: 'date', stem: text.slice(0, date.index), at: [Number(`${year}${month}${day}`)] };
}

const withoutNumbers = (text: string): string => text.replaceAll(/\d+(?:\.\d+)*/g, '#');

/** Below 0: a is earlier than b; undefined: they are not of one series, or stand at one place. */
export function compareSteps(a: Step | undefined, b: Step | undefined): number | undefined {
  if (a === undefined || b === undefined || a.kind !== b.kind || a.stem !== b.stem)
    return undefined;
  for (let i = 0; i < Math.min(a.at.length, b.at.length); i++) {
    const difference = (a.at[i] ?? 0) - (b.at[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.at.length === b.at.length ? undefined : a.at.length - b.at.length;
}

/** `480 → 499`, or undefined where the two are not of one series. */
export function stepsBetween(from: Step | undefined, to: Step | undefined): string | undefined {
  if (from === undefined || to === undefined || compareSteps(from, to) === undefined)
    return undefined;
  const text = (step: Step): string =>
    step.kind === 'step' ? step.at.join('.') : dateText(step.at[0] ?? 0);
  return `${from.kind === 'step' ? 'step ' : ''}${text(from)} → ${text(to)}`;
}

function dateText(day: number): string {
  return String(day).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

/** Last parts of names that many unrelated models have. */
const COMMON =
  /^(?:adapter[-_]?model|diffusion[-_]pytorch[-_]model|pytorch[-_](?:model|lora[-_]weights)|(?:model|weights|best|last|final|checkpoint)s?)$/i;
const VERSIONED =
  /(?:^|[-_.@ ])(?:v\d+(?:[._]\d+)*|20\d\d-?\d\d-?\d\d|[0-9a-f]{7,40})(?=$|[-_.@ ])/gi;

/**
 * What versions of one model have in common in their names: the last part (behind `__` or `/`),
 * without version, date and commit. Undefined where that is little or could be any model's.
 */
export function versionStem(name: string): string | undefined {
  const last = name.slice(0, 512).split(/__|\//).at(-1) ?? '';
  const stem = last
    .replaceAll(VERSIONED, '')
    .replace(/\.(?:pth?|bin|safetensors|onnx|gguf|jit|npz)$/i, '');
  return stem.length < 3 || COMMON.test(stem) ? undefined : stem.toLowerCase();
}
