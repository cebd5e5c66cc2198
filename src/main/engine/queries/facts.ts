import type { DtypeShare, MetadataValue, ModelFacts } from '../../../shared/domain';
import { ggufFileTypes } from '../formats/gguf-types';
import type { Model } from '../model/model';
import { configFacts } from './facts-config';
import { count, type Fields, fields, joined, number, optional, text, texts } from './facts-fields';
import { safetensorsFacts } from './facts-safetensors';

/** More dtypes than any real model has. */
const MAX_SHARES = 32;
const known = new WeakMap<Model, ModelFacts>();

/**
 * What a model's files state about it: its headers first, then its configuration files. Pure but
 * for remembering the answer per model; never throws, leaves out what has an unexpected type.
 */
export function factsOf(model: Model): ModelFacts {
  const before = known.get(model);
  if (before !== undefined) return before;
  const header = headerFacts(model);
  const config = configFacts(model.metadata);
  const framework = joined([header.framework, config.framework], ', ');
  const facts: ModelFacts = {
    ...config,
    ...header,
    ...optional({ framework }),
    ...tensorFacts(model),
  };
  known.set(model, facts);
  return facts;
}

function headerFacts({ format, metadata }: Model): ModelFacts {
  const all = fields(metadata);
  switch (format) {
    case 'gguf':
      return ggufFacts(all);
    case 'safetensors':
      return safetensorsFacts(all);
    case 'onnx':
      return onnxFacts(all);
    case 'pytorch':
    case 'opaque':
      return pytorchFacts(all);
    default:
      return {};
  }
}

function tensorFacts({ tensors }: Model): ModelFacts {
  if (tensors.length === 0) return {};
  const shares = new Map<string, { tensors: number; bytes: number }>();
  let parameters = 0;
  for (const { dtype, shape, byteLength } of tensors) {
    const share = shares.get(dtype) ?? { tensors: 0, bytes: 0 };
    share.tensors += 1;
    share.bytes += byteLength;
    shares.set(dtype, share);
    parameters += shape.reduce((product, size) => product * size, 1);
  }
  return { parameters, mix: mixOf([...shares].map(([dtype, share]) => ({ dtype, ...share }))) };
}

function mixOf(shares: readonly DtypeShare[]): readonly DtypeShare[] {
  const sorted = shares.toSorted(
    (a, b) => b.bytes - a.bytes || b.tensors - a.tensors || (a.dtype < b.dtype ? -1 : 1),
  );
  if (sorted.length <= MAX_SHARES) return sorted;
  const rest = sorted.slice(MAX_SHARES - 1);
  const sum = (key: 'tensors' | 'bytes') => rest.reduce((all, share) => all + share[key], 0);
  const others = { dtype: 'others', tensors: sum('tensors'), bytes: sum('bytes') };
  return [...sorted.slice(0, MAX_SHARES - 1), others];
}

/** Keys: github.com/ggml-org/ggml, docs/gguf.md, "Standardized key-value pairs". */
function ggufFacts(all: Fields): ModelFacts {
  const architecture = text(all('general.architecture'));
  const own = (key: string) => count(all(`${architecture}.${key}`));
  return optional({
    architecture,
    name: text(all('general.name')),
    baseModel: text(all('general.base_model.0.name')),
    recipe: ggufFileTypes.get(count(all('general.file_type')) ?? -1),
    contextLength: own('context_length'),
    layers: own('block_count'),
    producer: text(all('general.quantized_by')),
    licence: text(all('general.license')) ?? text(all('general.license.name')),
    adapter: ggufAdapter(all),
  });
}

function ggufAdapter(all: Fields): ModelFacts['adapter'] {
  if (text(all('general.type')) !== 'adapter') return undefined;
  return optional({ alpha: number(all('adapter.lora.alpha')) });
}

/** ModelProto's fields as the reader names them; properties as exporters write them. */
function onnxFacts(all: Fields): ModelFacts {
  const properties = fields(all('metadata_props'));
  const opsets = Object.entries(recordOf(all('opset_import'))).map(([domain, version]) => ({
    domain: domain.slice(0, 200),
    version: String(version),
  }));
  return optional({
    producer: joined([text(all('producer_name')), text(all('producer_version'))]),
    opsets: opsets.length > 0 ? opsets.slice(0, 32) : undefined,
    licence: text(properties('license')) ?? text(properties('licence')),
    name: text(properties('model_name')) ?? text(properties('name')),
    baseModel: text(properties('base_model')),
  });
}

function pytorchFacts(all: Fields): ModelFacts {
  const values = fields(all('values'));
  const optimizer = fields(all('optimizerState'));
  const tensors = count(optimizer('tensors'));
  const bytes = count(optimizer('bytes'));
  const lightning = text(values('pytorch-lightning_version'));
  return optional({
    framework: joined(
      [text(all('container')), lightning && `PyTorch Lightning ${lightning}`],
      ', ',
    ),
    optimizer: tensors === undefined || bytes === undefined ? undefined : { tensors, bytes },
    requestedGlobals: globalsCount(all('requestedGlobals')),
  });
}

/** A list that was cut ends in a note of how many there are in all. */
function globalsCount(value: MetadataValue | undefined): number | undefined {
  const names = texts(value);
  if (names === undefined) return undefined;
  const whole = /^… \((\d+) in all\)$/.exec(names.at(-1) ?? '')?.[1];
  return whole === undefined ? names.length : Number(whole);
}

function recordOf(value: MetadataValue | undefined): Readonly<Record<string, MetadataValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return value as Readonly<Record<string, MetadataValue>>;
}
