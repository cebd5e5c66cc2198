import {
  blockContainers,
  blockParts,
  decoderParts,
  encoderParts,
  endings,
  expertParts,
  insertedParts,
  outerParts,
  parameterParts,
  qwenParts,
  wrapperParts,
  wrapperPatterns,
} from './names-tables';

/** Longer names are text of some other kind, and stay as they are. */
const LONGEST = 1000;

/**
 * One spelling for the many that writers give one tensor: without what wraps the network, GGUF's,
 * Meta's, GPT-2's and others' block names as Hugging Face's Llama has them, slashes as dots. Total
 * and pure; a guess that may merge two tensors of one model, so whoever pairs by it must look for
 * that (`normalisedNames`). Numbers are never dropped.
 */
export function normalisedName(name: string): string {
  if (name.length > LONGEST || name.includes('::')) return name;
  const plain = withoutWrappers(withoutInserted(dotted(name)));
  const ended = withParameter(withEnding(plain));
  return withBlock(ended);
}

/**
 * The normalised name of every tensor of one model; undefined where two tensors would have the same
 * one. Knows what only the whole model tells: with norms before and after both halves of a block
 * (Gemma 2), `post_attention_layernorm` closes the attention instead of opening the feed-forward.
 */
export function normalisedNames(names: readonly string[]): (string | undefined)[] {
  const sandwich = names.some((name) => name.includes('pre_feedforward_layernorm'));
  const all = names.map((name) => {
    const closes = sandwich && name.includes('post_attention_layernorm');
    const usual = normalisedName(name);
    return closes ? usual.replace('post_attention_layernorm', 'post_attention_norm') : usual;
  });
  const uses = new Map<string, number>();
  for (const one of all) uses.set(one, (uses.get(one) ?? 0) + 1);
  return all.map((one) => (uses.get(one) === 1 ? one : undefined));
}

/** `/encoder/layer_0/kernel:0` → `encoder.layer.0.kernel`. */
function dotted(name: string): string {
  const plain = name.includes('/') ? name.replace(/:\d+$/, '').replace(/\/+/g, '.') : name;
  return plain.replace(/^\.+/, '').replace(/(^|\.)layer_(\d+)(?=\.)/g, '$1layer.$2');
}

function withoutInserted(name: string): string {
  const parts = name.split('.');
  if (!parts.some((part) => insertedParts.has(part))) return name;
  const kept = parts.filter((part, at) => at === parts.length - 1 || !insertedParts.has(part));
  return kept.join('.');
}

function withoutWrappers(name: string): string {
  let rest = name;
  for (;;) {
    const before = rest;
    for (const pattern of wrapperPatterns) rest = rest.replace(pattern, '');
    const dot = rest.indexOf('.');
    if (dot > 0 && wrapperParts.has(rest.slice(0, dot))) rest = rest.slice(dot + 1);
    if (rest === before) return rest;
  }
}

function withEnding(name: string): string {
  for (const [pattern, replacement] of endings) {
    if (pattern.test(name)) return name.replace(pattern, replacement);
  }
  return name;
}

function withParameter(name: string): string {
  const dot = name.lastIndexOf('.');
  const last = name.slice(dot + 1);
  if (last === 'positional_embedding') return `${name}.weight`;
  const known = dot < 0 ? undefined : parameterParts.get(last);
  return known === undefined ? name : name.slice(0, dot + 1) + known;
}

/** The container, the block's number, and the rest. */
const blockPattern = /^((?:[A-Za-z_]+\.){0,2}[A-Za-z_]+)\.(\d+)\.(.+)$/;

function withBlock(name: string): string {
  const [body, parameter] = split(name);
  const match = blockPattern.exec(body);
  const container = match === null ? undefined : blockContainers.get(match[1] ?? '');
  if (match === null || container === undefined) {
    return (outerParts.get(body) ?? body) + parameter;
  }
  const [, written = '', number = '', inner = ''] = match;
  return `${container}.${number}.${canonicalPart(written, inner)}${parameter}`;
}

function canonicalPart(container: string, inner: string): string {
  const own = ownParts(container)?.get(inner);
  const known = own ?? blockParts.get(inner);
  if (known !== undefined) return known;
  return expertPart(inner) ?? inner;
}

/** Spellings that hold in one kind of container only. */
function ownParts(container: string): ReadonlyMap<string, string> | undefined {
  if (container === 'decoder.block') return decoderParts;
  if (container === 'encoder.block') return encoderParts;
  return container === 'h' ? qwenParts : undefined;
}

/** `block_sparse_moe.experts.3.w1`, GGUF's old `ffn_gate.3` → `mlp.experts.3.gate_proj`. */
function expertPart(inner: string): string | undefined {
  const gguf = /^(ffn_(?:gate|up|down))\.(\d+)$/.exec(inner);
  const other = /^(?:mlp|block_sparse_moe|feed_forward)\.experts\.(\d+)\.(\w+)$/.exec(inner);
  const [number, part] = gguf === null ? [other?.[1], other?.[2]] : [gguf[2], gguf[1]];
  const known = part === undefined ? undefined : expertParts.get(part);
  return known === undefined ? undefined : `mlp.experts.${number}.${known}`;
}

const parameterPattern = /\.(weight|bias|scale|scales|lora_[AB]\.weight|running_\w+)$/;

/** `layers.0.ln_1.weight` → [`layers.0.ln_1`, `.weight`]. */
function split(name: string): [body: string, parameter: string] {
  const match = parameterPattern.exec(name);
  return match === null ? [name, ''] : [name.slice(0, match.index), match[0]];
}

/** The last `count` parts of a normalised name. */
export function suffixOf(name: string, count: number): string {
  let at = name.length;
  for (let i = 0; i < count && at > 0; i++) at = name.lastIndexOf('.', at - 1);
  return at < 0 ? name : name.slice(at + 1);
}
