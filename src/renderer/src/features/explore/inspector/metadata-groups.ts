import type { FormatName, MetadataValue } from '../../../../../shared/domain';
import { naturalCompare } from '../../../lib/natural-sort';

export interface MetadataEntry {
  /** Keys from the metadata's root to the value: how the engine is asked for it. */
  readonly path: readonly string[];
  /** What is shown: the key without what its group says already. */
  readonly label: string;
  readonly value: MetadataValue;
  /** Shown unfolded from the start: what a person came for. */
  readonly open?: boolean;
}

/** Entries of one origin. */
export interface MetadataGroup {
  /** "GGUF"; for a file its path, a stranger's words. */
  readonly origin: string;
  readonly title?: string;
  /** A sentence on what this is. */
  readonly note?: string;
  readonly entries: readonly MetadataEntry[];
}

type Metadata = Readonly<Record<string, MetadataValue>>;

/** How the keys of one format divide. The first rule that takes a key has it. */
interface Rule {
  readonly title?: string;
  readonly note?: string;
  readonly takes: (key: string) => boolean;
  /** Left off its keys when shown. */
  readonly prefix?: string;
  /** Its one value is a record, whose own keys are shown. */
  readonly unfold?: boolean;
}

const oneOf = (...keys: readonly string[]) => {
  const set = new Set(keys);
  return (key: string) => set.has(key);
};
const prefixed = (prefix: string, title: string, note?: string): Rule => ({
  title,
  ...(note === undefined ? {} : { note }),
  prefix,
  takes: (key) => key.startsWith(prefix),
});
const unfolded = (key: string, title: string, note?: string): Rule => ({
  title,
  ...(note === undefined ? {} : { note }),
  unfold: true,
  takes: (candidate) => candidate === key,
});
const all: Rule = { takes: () => true };

const asksFor: Rule = {
  title: 'This file asks for',
  note: 'Python functions and classes that its pickle names, for the program that loads it. Tessera reads the pickle as data: it looks none of them up and calls none.',
  takes: oneOf('holdsCode', 'requestedGlobals'),
};

const rules: Readonly<Record<Exclude<FormatName, 'gguf'>, readonly Rule[]>> = {
  safetensors: [
    prefixed('modelspec.', 'modelspec'),
    prefixed('ss_', 'ss (sd-scripts)', 'What the trainer wrote down of the training.'),
    { title: '__metadata__', takes: () => true },
  ],
  onnx: [
    {
      title: 'opset and producer',
      takes: oneOf(
        'ir_version',
        'opset_import',
        'producer_name',
        'producer_version',
        'domain',
        'model_version',
        'doc_string',
      ),
    },
    { title: 'graph', takes: oneOf('graph_name', 'inputs', 'outputs', 'nodes', 'functions') },
    unfolded('metadata_props', 'metadata_props'),
    all,
  ],
  pytorch: [
    asksFor,
    unfolded('optimizerState', 'optimizer state', 'Needed to go on training, not to run.'),
    unfolded('values', 'values beside the tensors'),
    { title: 'container', takes: () => true },
  ],
  opaque: [asksFor, all],
  numpy: [
    unfolded('arrays', 'arrays'),
    unfolded('not_read', 'members that are not read'),
    { title: 'header', takes: () => true },
  ],
};

const formatNames: Readonly<Record<FormatName, string>> = {
  safetensors: 'safetensors',
  gguf: 'GGUF',
  pytorch: 'PyTorch',
  onnx: 'ONNX',
  numpy: 'NumPy',
  opaque: 'File',
};

const unfoldedKeys: ReadonlySet<string> = new Set(['requestedGlobals', 'opset_import']);
const configName = /(^|\/)(config|adapter_config|model_index)\.json$/;

/** The metadata by where it comes from: the header, by its parts, then the files beside it. */
export function metadataGroups(format: FormatName, metadata: Metadata): readonly MetadataGroup[] {
  const keys = Object.keys(metadata).sort(naturalCompare);
  const files = keys.filter((key) => configName.test(key));
  const places = keys.filter((key) => key === 'store' || key.startsWith('ollama.'));
  const elsewhere = new Set([...files, ...places]);
  const header = keys.filter((key) => !elsewhere.has(key));
  return [
    ...(format === 'gguf' ? ggufGroups(header, metadata) : ruled(format, header, metadata)),
    ...files.map((key) => unfold(key, key, metadata, {})),
    ...placeGroups(places, metadata),
  ];
}

function ruled(
  format: Exclude<FormatName, 'gguf'>,
  keys: readonly string[],
  metadata: Metadata,
): readonly MetadataGroup[] {
  let left = keys;
  return rules[format].flatMap((rule) => {
    const mine = left.filter(rule.takes);
    left = left.filter((key) => !rule.takes(key));
    const [only] = mine;
    if (only === undefined) return [];
    const origin = formatNames[format];
    if (rule.unfold) return [unfold(only, origin, metadata, rule)];
    return [groupOf(origin, mine, metadata, rule)];
  });
}

type Heading = Pick<Rule, 'title' | 'note' | 'prefix'>;

function groupOf(
  origin: string,
  keys: readonly string[],
  metadata: Metadata,
  { title, note, prefix = '' }: Heading,
): MetadataGroup {
  const entries = keys.map((key) => ({
    path: [key],
    label: key.slice(prefix.length) || key,
    value: metadata[key] ?? null,
    ...(unfoldedKeys.has(key) && { open: true }),
  }));
  return { origin, ...(title && { title }), ...(note && { note }), entries };
}

/** A record's own keys as entries; any other value as the one entry. */
function unfold(key: string, origin: string, metadata: Metadata, heading: Heading): MetadataGroup {
  const value = metadata[key] ?? null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return groupOf(origin, [key], metadata, heading);
  }
  const { title, note } = heading;
  const record = value as Metadata;
  const entries = Object.keys(record)
    .sort(naturalCompare)
    .map((inner) => ({ path: [key, inner], label: inner, value: record[inner] ?? null }));
  return { origin, ...(title && { title }), ...(note && { note }), entries };
}

/** By the part before the first dot: `general`, the architecture's own, `tokenizer`, then the rest. */
function ggufGroups(keys: readonly string[], metadata: Metadata): readonly MetadataGroup[] {
  const byPrefix = new Map<string, string[]>();
  for (const key of keys) {
    const prefix = key.includes('.') ? key.slice(0, key.indexOf('.')) : '';
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), key]);
  }
  const architecture = metadata['general.architecture'];
  const rank = (prefix: string) => {
    if (prefix === 'general') return 0;
    if (prefix === architecture) return 1;
    if (prefix === 'tokenizer') return 2;
    return prefix === '' ? 4 : 3;
  };
  return [...byPrefix]
    .sort(([a], [b]) => rank(a) - rank(b) || naturalCompare(a, b))
    .map(([prefix, mine]) =>
      groupOf(formatNames.gguf, mine, metadata, {
        title: prefix === '' ? 'other keys' : prefix,
        ...(prefix === '' ? {} : { prefix: `${prefix}.` }),
      }),
    );
}

function placeGroups(keys: readonly string[], metadata: Metadata): readonly MetadataGroup[] {
  const ollama = keys.filter((key) => key.startsWith('ollama.'));
  return [
    ...(ollama.length === 0
      ? []
      : [groupOf('Ollama', ollama, metadata, { title: 'manifest', prefix: 'ollama.' })]),
    ...(keys.includes('store') ? [unfold('store', 'Kept in', metadata, {})] : []),
  ];
}

/** Entries whose label or value (nested ones too) holds every word; all for no words. */
export function filterEntries(
  entries: readonly MetadataEntry[],
  query: string,
): readonly MetadataEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter(({ path, value }) => {
    const text = `${path.join('\n')}\n${JSON.stringify(value)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
