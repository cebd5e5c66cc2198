import { describe, expect, it } from 'vitest';
import { itemText, pageOf, visibleLines } from './metadata';
import { filterEntries, metadataGroups } from './metadata-groups';

const outline = (...args: Parameters<typeof metadataGroups>) =>
  metadataGroups(...args).map(({ origin, title, entries }) => [
    [origin, title].filter(Boolean).join(': '),
    entries.map(({ label }) => label),
  ]);

describe('metadata by origin', () => {
  it('divides GGUF keys by prefix: general, the architecture, the tokenizer, the rest', () => {
    const metadata = {
      'tokenizer.ggml.model': 'gpt2',
      'split.count': 2,
      'llama.block_count': 32,
      'general.name': 'x',
      'general.architecture': 'llama',
      odd: 1,
      'config.json': { model_type: 'llama' },
    };
    expect(outline('gguf', metadata)).toEqual([
      ['GGUF: general', ['architecture', 'name']],
      ['GGUF: llama', ['block_count']],
      ['GGUF: tokenizer', ['ggml.model']],
      ['GGUF: split', ['count']],
      ['GGUF: other keys', ['odd']],
      ['config.json', ['model_type']],
    ]);
  });

  it('tells the trainer’s and ModelSpec’s keys from the rest of a safetensors header', () => {
    const metadata = { 'modelspec.title': 'a', ss_seed: '1', format: 'pt', ss_: 'x' };
    expect(outline('safetensors', metadata)).toEqual([
      ['safetensors: modelspec', ['title']],
      ['safetensors: ss (sd-scripts)', ['ss_', 'seed']],
      ['safetensors: __metadata__', ['format']],
    ]);
  });

  it('puts what a pickle asks for first, and says that nothing of it is called', () => {
    const [asks] = metadataGroups('pytorch', {
      storages: 3,
      requestedGlobals: ['collections.OrderedDict'],
      optimizerState: { tensors: 2, bytes: 8 },
      values: { epoch: 3 },
    });
    expect(asks?.title).toBe('This file asks for');
    expect(asks?.note).toMatch(/looks none of them up and calls none/);
    expect(asks?.note).not.toMatch(/\bsafe\b/i);
    expect(outline('opaque', { holdsCode: 'os.system', requestedGlobals: [] })).toEqual([
      ['File: This file asks for', ['holdsCode', 'requestedGlobals']],
    ]);
  });

  it('has ONNX opsets and producer apart from the graph and the properties', () => {
    const metadata = {
      ir_version: 8,
      producer_name: 'pytorch',
      opset_import: { 'ai.onnx': 17 },
      graph_name: 'g',
      metadata_props: { author: 'x' },
      unknown: 1,
    };
    expect(outline('onnx', metadata)).toEqual([
      ['ONNX: opset and producer', ['ir_version', 'opset_import', 'producer_name']],
      ['ONNX: graph', ['graph_name']],
      ['ONNX: metadata_props', ['author']],
      ['ONNX', ['unknown']],
    ]);
  });

  it('shows where a store keeps a model, and its manifest', () => {
    const metadata = { store: { kind: 'Ollama' }, 'ollama.template': 't', 'general.name': 'n' };
    expect(outline('gguf', metadata)).toEqual([
      ['GGUF: general', ['name']],
      ['Ollama: manifest', ['template']],
      ['Kept in', ['kind']],
    ]);
  });

  it('loses no entry, and each has the path that leads to it', () => {
    const metadata = { values: { a: 1, __proto__x: 2 }, 'x/config.json': [1], other: null };
    const entries = metadataGroups('pytorch', metadata).flatMap((group) => group.entries);
    expect(entries.map(({ path }) => path)).toEqual([
      ['values', '__proto__x'],
      ['values', 'a'],
      ['other'],
      ['x/config.json'],
    ]);
  });

  it('is searched by words in keys and in nested values', () => {
    const entries = metadataGroups('gguf', { 'a.b': { deep: ['Needle'] }, 'a.c': 1 }).flatMap(
      (group) => group.entries,
    );
    expect(filterEntries(entries, '')).toHaveLength(2);
    expect(filterEntries(entries, 'needle a.b').map(({ label }) => label)).toEqual(['b']);
  });
});

describe('a text of several lines', () => {
  it('keeps its line breaks, and shows everything else that is invisible', () => {
    expect(visibleLines('{{ "\\n" }}\n\ta\u202e\u0000')).toBe('{{ "\\n" }}\n\ta\\u{202E}\\0');
  });
});

describe('a page of a list', () => {
  it('is the one that holds the item, whatever number is asked for', () => {
    expect(pageOf(0, 1000, 200)).toBe(0);
    expect(pageOf(999, 1000, 200)).toBe(800);
    expect(pageOf(1e12, 1000, 200)).toBe(800);
    expect(pageOf(-5, 1000, 200)).toBe(0);
    expect(pageOf(3, 0, 200)).toBe(0);
  });
  it('has texts as they are and anything else as JSON', () => {
    expect([itemText('a'), itemText(1.5), itemText({ a: [null] })]).toEqual([
      'a',
      '1.5',
      '{"a":[null]}',
    ]);
  });
});
