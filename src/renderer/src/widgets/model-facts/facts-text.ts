import type { ModelFacts } from '../../../../shared/domain';
import { counted, formatCount, formatParameters } from '../../lib/format';
import type { TermName } from '../term';

export interface FactLine {
  readonly term: TermName;
  readonly text: string;
  /** In full, where `text` is short for it. */
  readonly title?: string;
  /** A stranger's words, to be shown as such. */
  readonly given: boolean;
}

/** A model's facts in the order in which a person asks for them; only what its files state. */
export function factLines(
  facts: ModelFacts,
  bytes: (count: number) => string,
): readonly FactLine[] {
  const lines: FactLine[] = [];
  const given = (term: TermName, text: string | undefined) => {
    if (text !== undefined) lines.push({ term, text, given: true });
  };
  const own = (term: TermName, text: string | undefined, title?: string) => {
    if (text !== undefined) lines.push({ term, text, given: false, ...(title ? { title } : {}) });
  };
  given('stated-name', facts.name);
  given('architecture', facts.architecture);
  given('base-model', facts.baseModel);
  own(
    'parameters',
    facts.parameters === undefined ? undefined : formatParameters(facts.parameters),
    facts.parameters === undefined ? undefined : formatCount(facts.parameters),
  );
  given('recipe', facts.recipe);
  own(
    'context',
    facts.contextLength === undefined ? undefined : counted(facts.contextLength, 'token'),
  );
  own('layers', facts.layers === undefined ? undefined : formatCount(facts.layers));
  own('adapter', adapterText(facts.adapter));
  given('opset', opsetText(facts.opsets));
  given('producer', facts.producer);
  given('framework', facts.framework);
  given('licence', facts.licence);
  own('optimizer', optimizerText(facts, bytes));
  own('globals', globalsText(facts.requestedGlobals));
  return lines;
}

function adapterText(adapter: ModelFacts['adapter']): string | undefined {
  if (adapter === undefined) return undefined;
  const { rank, alpha } = adapter;
  const parts = [
    ...(rank === undefined ? [] : [`rank ${rank}`]),
    ...(alpha === undefined ? [] : [`alpha ${alpha}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The usual set goes without its name: `17, com.microsoft 1`. */
function opsetText(opsets: ModelFacts['opsets']): string | undefined {
  return opsets
    ?.map(({ domain, version }) => (domain === 'ai.onnx' ? version : `${domain} ${version}`))
    .join(', ');
}

function optimizerText({ optimizer }: ModelFacts, bytes: (count: number) => string) {
  return optimizer && `${counted(optimizer.tensors, 'tensor')}, ${bytes(optimizer.bytes)}`;
}

function globalsText(count: number | undefined): string | undefined {
  return count === undefined ? undefined : counted(count, 'Python name');
}
