import { elementsOf, holds } from './base';
import { bytesDelta } from './beyond-bytes';
import { delta } from './delta';
import { deltaRans } from './delta-rans';
import { plain } from './plain';
import { planes } from './planes';
import { planesRans } from './planes-rans';
import { qdelta } from './qdelta';
import { rows } from './rows-base';
import { rowsDelta } from './rows-base-map';
import { prefixOf, type Sample, sampleOf } from './sample';
import { delta2, scaled } from './two-base';
import type { Base, Codec, Content, Effort, Tools } from './types';

/** One way to encode a fragment. */
export interface Trial {
  readonly codec: Codec;
  /** Indices among the bases. */
  readonly bases: readonly number[];
}

/** What an effort tries, the cheapest decoder first: of equal sizes the first one stays. */
interface Repertoire {
  readonly alone: readonly Codec[];
  readonly based: readonly Codec[];
  readonly paired: readonly Codec[];
}

/**
 * rANS takes 1 … 30 % fewer bytes than zstd, and five times its time: it is for `max`. Codecs that
 * look for relations of rows (`scaled`, `delta2`) are tried where the first rows promise it.
 */
const repertoires: Readonly<Record<Effort, Repertoire>> = {
  fast: { alone: [plain, planes], based: [delta, qdelta], paired: [] },
  balanced: {
    alone: [plain, planes, rows],
    based: [delta, qdelta, scaled, rowsDelta],
    paired: [delta2],
  },
  max: {
    alone: [plain, planes, rows, planesRans],
    based: [delta, qdelta, deltaRans, scaled, rowsDelta, bytesDelta],
    paired: [delta2],
  },
};

/** What stretches of a fragment foretell; the others are judged by its first rows. */
const judgedByStretches: ReadonlySet<Codec> = new Set([
  plain,
  planes,
  planesRans,
  delta,
  deltaRans,
  qdelta,
]);

/** Trials whose estimate is this much larger than the smallest one are not made. */
const tolerance: Readonly<Record<Effort, number>> = { fast: 1, balanced: 1.01, max: 1.15 };

/** Part of what element by element takes that a codec of rows must not exceed. */
const WORTH_ROWS = 0.97;

/** Trials worth their time, the most promising first: a small result spares the others. */
export function hopefulTrials(
  content: Content,
  bases: readonly Base[],
  effort: Effort,
  tools: Tools,
): Trial[] {
  const trials = trialsOf(content, bases, effort);
  const sample = sampleOf(content, bases);
  if (sample === undefined) return trials;
  const estimated = trials
    .filter(({ codec }) => judgedByStretches.has(codec))
    .map((trial) => ({ trial, bytes: estimate(trial, sample, effort, tools) }));
  const smallest = Math.min(content.bytes.length, ...estimated.map(({ bytes }) => bytes));
  const others = trials.filter(({ codec }) => !judgedByStretches.has(codec));
  const prefix = others.length === 0 ? undefined : prefixOf(content, bases);
  const judged = others.map((trial) => {
    const gain = isOfOtherRows(trial, content, bases) ? 1 : gainOf(trial, prefix, effort, tools);
    return { trial, bytes: gain * smallest };
  });
  return [...estimated, ...judged]
    .filter(({ bytes }) => bytes <= smallest * tolerance[effort])
    .sort((a, b) => a.bytes - b.bytes)
    .map(({ trial }) => trial);
}

function trialsOf(content: Content, bases: readonly Base[], effort: Effort): Trial[] {
  const at = bases.map((_, index) => index);
  if (content.kind === undefined) {
    return [
      { codec: plain, bases: [] },
      ...at.map((base) => ({ codec: bytesDelta, bases: [base] })),
    ];
  }
  const { alone, based, paired } = repertoires[effort];
  return [
    ...alone.map((codec) => ({ codec, bases: [] })),
    ...at.flatMap((base) => based.map((codec) => ({ codec, bases: [base] }))),
    ...(bases.length === 2 ? paired.map((codec) => ({ codec, bases: at })) : []),
  ];
}

/** Whether only gathering a base's rows can make use of it: there is nothing to foretell. */
function isOfOtherRows(
  { codec, bases: used }: Trial,
  content: Content,
  bases: readonly Base[],
): boolean {
  const { kind, bytes } = content;
  const base = bases[used[0] ?? -1];
  const elements = kind === undefined ? undefined : elementsOf(bytes.length, kind);
  if (codec !== rowsDelta || base === undefined || elements === undefined) return false;
  return !holds(base, elements);
}

/** Bytes of the whole fragment as a sample foretells them; infinite where the codec does not apply. */
function estimate({ codec, bases }: Trial, sample: Sample, effort: Effort, tools: Tools): number {
  const used = bases.flatMap((base) => sample.bases[base] ?? []);
  if (used.length < codec.bases) return Number.POSITIVE_INFINITY;
  const quick = effort === 'fast' ? 'fast' : 'balanced';
  const data = codec.encode(sample.content, used, Number.POSITIVE_INFINITY, quick, tools);
  return data === undefined ? Number.POSITIVE_INFINITY : data.length * sample.scale;
}

/** Bytes of the first rows by what they take element by element; infinite where not worth it. */
function gainOf(trial: Trial, prefix: Sample | undefined, effort: Effort, tools: Tools): number {
  if (prefix === undefined) return Number.POSITIVE_INFINITY;
  const bytes = estimate(trial, prefix, effort, tools);
  if (bytes === Number.POSITIVE_INFINITY) return bytes;
  const rivals = [planes, ...(trial.bases.length > 0 ? [delta] : [])];
  const least = Math.min(
    ...rivals.map((codec) =>
      estimate({ codec, bases: trial.bases.slice(0, codec.bases) }, prefix, effort, tools),
    ),
  );
  return bytes < least * WORTH_ROWS ? bytes / least : Number.POSITIVE_INFINITY;
}
