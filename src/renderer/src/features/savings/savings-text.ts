import { formatShare } from '../../../../shared/base';
import type { ModelSavings, SavingsReport } from '../../../../shared/domain';
import { counted } from '../../lib/format';

type Bytes = (bytes: number) => string;

/** What the screen has to say before any figure. */
export type Verdict =
  /** Nothing is open. */
  | { readonly kind: 'empty' }
  /** Models are open, none is fingerprinted. */
  | { readonly kind: 'waiting'; readonly title: string }
  /** Figures exist; nothing is saved. */
  | { readonly kind: 'nothing'; readonly title: string; readonly detail: string }
  | { readonly kind: 'saves'; readonly title: string; readonly detail: string };

export function verdictOf(report: SavingsReport, bytes: Bytes): Verdict {
  const done = report.models.length;
  if (done === 0 && report.pendingModels === 0) return { kind: 'empty' };
  if (done === 0) {
    const waiting = counted(report.pendingModels, 'model');
    return { kind: 'waiting', title: `${waiting} not fingerprinted yet.` };
  }
  if (report.savedBytes <= 0) return nothingShared(done);
  const share = formatShare(report.savedBytes, report.logicalBytes);
  const total = bytes(report.logicalBytes);
  return {
    kind: 'saves',
    title: `Storing shared fragments once saves ${bytes(report.savedBytes)}, ${share} of ${total}.`,
    detail: savedDetail(report, bytes),
  };
}

function savedDetail(report: SavingsReport, bytes: Bytes): string {
  const { savedAcrossModels, savedInsideModels } = report;
  const across = `${bytes(savedAcrossModels)} from fragments that several models hold`;
  const inside = `${bytes(savedInsideModels)} from repeats inside one model`;
  if (savedInsideModels <= 0) return `All of it comes from fragments that several models hold.`;
  if (savedAcrossModels <= 0) return `All of it comes from repeats inside one model.`;
  return `${across}, ${inside}.`;
}

function nothingShared(done: number): Verdict {
  if (done === 1) {
    return {
      kind: 'nothing',
      title: 'One model alone shares nothing.',
      detail:
        'It repeats no fragment inside either. Open a second model, such as its base or a fine-tune, to see what they have in common.',
    };
  }
  return {
    kind: 'nothing',
    title: 'Nothing is shared exactly between these models.',
    detail:
      'That is common: a full fine-tune changes almost every weight a little, and another dtype changes every byte. Exact sharing is found between copies, merges of layers, and fine-tunes that leave parts alone. What compression or deltas would save is not counted here.',
  };
}

/**
 * "3 models are not fingerprinted yet; …", or undefined when figures hold for all.
 * `failed`: how many of the pending ones could not be read and will stay so.
 */
export function pendingText(report: SavingsReport, failed: number): string | undefined {
  const { pendingModels, models } = report;
  if (pendingModels === 0 || models.length === 0) return undefined;
  const broken = Math.min(failed, pendingModels);
  const waiting = pendingModels - broken;
  const waits = `${counted(waiting, 'model')} ${waiting === 1 ? 'is' : 'are'} not fingerprinted yet`;
  const fails = 'could not be (see Problems)';
  const all = `${counted(broken, 'model')} could not be fingerprinted (see Problems)`;
  const what = broken === 0 ? waits : waiting === 0 ? all : `${waits} and ${broken} ${fails}`;
  const rest = models.length === 1 ? 'the other one' : `the other ${models.length}`;
  return `${what}; the figures below are exact for ${rest}.`;
}

/**
 * One row of the chart: a model, or the models that did not fit taken together. The latter has no
 * bar: its size is a sum, and would make every model's bar look small.
 */
export interface ChartRow {
  readonly key: string;
  readonly name: string;
  readonly model?: ModelSavings;
  readonly logicalBytes: number;
  readonly sharedBytes: number;
  readonly repeatedBytes: number;
  readonly exclusiveBytes: number;
}

export const bySize = (models: readonly ModelSavings[]): readonly ModelSavings[] =>
  models.toSorted((a, b) => b.logicalBytes - a.logicalBytes || (a.name < b.name ? -1 : 1));

/**
 * The largest `most` models, largest first, and one row for the others. In that row every model is
 * counted by itself, so a byte that two of them share stands in it twice, as it does on disk.
 */
export function chartRows(models: readonly ModelSavings[], most: number): readonly ChartRow[] {
  const sorted = bySize(models);
  const rows = sorted.slice(0, most).map((model): ChartRow => {
    const { logicalBytes, sharedBytes, repeatedBytes, exclusiveBytes, name } = model;
    const sizes = { logicalBytes, sharedBytes, repeatedBytes, exclusiveBytes };
    return { key: model.modelId, name, model, ...sizes };
  });
  const others = sorted.slice(most);
  if (others.length === 0) return rows;
  const sum = (pick: (model: ModelSavings) => number) =>
    others.reduce((total, model) => total + pick(model), 0);
  return [
    ...rows,
    {
      key: 'others',
      name: counted(others.length, 'smaller model'),
      logicalBytes: sum((model) => model.logicalBytes),
      sharedBytes: sum((model) => model.sharedBytes),
      repeatedBytes: sum((model) => model.repeatedBytes),
      exclusiveBytes: sum((model) => model.exclusiveBytes),
    },
  ];
}
