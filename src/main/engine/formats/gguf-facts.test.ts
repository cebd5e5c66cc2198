import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../io/byte-source';
import { ggufReader } from './gguf';
import { ggufFacts, ggufPartFile, ggufPartName, ggufSplit } from './gguf-facts';
import type { FileHeader } from './reader';
import { type GgufSpec, type GgufValue, ggufFile, text, u32 } from './testing/gguf-file';

function headerOf(spec: GgufSpec): FileHeader {
  const header = ggufReader.read(memoryByteSource('a.gguf', ggufFile(spec)));
  if (header === undefined) throw new Error('not recognised');
  return header;
}

const tensors = [
  { name: 'token_embd.weight', dims: [256, 10], type: 14 },
  { name: 'blk.0.attn_q.weight', dims: [256, 256], type: 12 },
  { name: 'blk.0.attn_k.weight', dims: [256, 4], type: 12 },
];

describe('facts', () => {
  it('are told from the metadata and the tensors', () => {
    const header = headerOf({
      pairs: [
        ['general.architecture', text('qwen2')],
        ['general.name', text('Qwen2 tiny')],
        ['general.file_type', u32(15)],
        ['qwen2.context_length', u32(32_768)],
        ['qwen2.block_count', u32(24)],
      ],
      tensors,
    });
    expect(ggufFacts(header)).toEqual({
      architecture: 'qwen2',
      name: 'Qwen2 tiny',
      fileType: 'Q4_K_M',
      quantisation: { Q4_K: 2, Q6_K: 1 },
      contextLength: 32_768,
      blockCount: 24,
      parameters: 2560 + 65_536 + 1024,
    });
    expect(Object.keys(ggufFacts(header).quantisation)).toEqual(['Q4_K', 'Q6_K']);
  });

  it('leave out what is absent or of another type', () => {
    expect(ggufFacts(headerOf({}))).toEqual({ quantisation: {}, parameters: 0 });
    const odd = headerOf({
      pairs: [
        ['general.architecture', u32(7)],
        ['general.file_type', text('15')],
        ['undefined.context_length', text('many')],
      ],
    });
    expect(ggufFacts(odd)).toEqual({ quantisation: {}, parameters: 0 });
  });
});

const u16 = (value: number): GgufValue => ({ type: 'u16', value });

function split(part: GgufValue | undefined, parts: GgufValue | undefined, total?: GgufValue) {
  const all = [
    ['split.no', part],
    ['split.count', parts],
    ['split.tensors.count', total],
  ] as const;
  const pairs = all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return ggufSplit(headerOf({ pairs, tensors }));
}

describe('split files', () => {
  it('say which part they are', () => {
    expect(split(u16(0), u16(3), { type: 'i32', value: 9 })).toEqual({
      part: 0,
      parts: 3,
      tensors: 9,
    });
    expect(split(u16(2), u16(3))).toEqual({ part: 2, parts: 3 });
  });

  it('are none without a count of two or more', () => {
    expect(split(undefined, undefined)).toBeUndefined();
    expect(split(u16(0), u16(0))).toBeUndefined();
    expect(split(u16(0), u16(1))).toBeUndefined();
  });

  it('are told where their numbers contradict each other', () => {
    expect(split(u16(3), u16(3))?.problem).toBe('is number 4 of 3');
    expect(split(undefined, u16(3))?.problem).toBe('states no number of its own');
    expect(split(u16(0), text('3'))?.problem).toBe('states no number of parts');
    expect(split(u16(0), u16(2), { type: 'i32', value: -1 })?.problem).toMatch(
      /no number of tensors/,
    );
    expect(split(u16(0), u16(2), { type: 'i32', value: 2 })?.problem).toMatch(/3 tensors, of 2/);
  });

  it('have names with their number and the number of parts', () => {
    const name = ggufPartName('/models/Llama-3-Q4_K_M-00002-of-00003.gguf');
    expect(name).toEqual({ stem: 'Llama-3-Q4_K_M', number: 2, parts: 3 });
    expect(name && ggufPartFile(name, 1)).toBe('Llama-3-Q4_K_M-00001-of-00003.gguf');
    expect(ggufPartName('a-00000-of-00002.gguf')).toMatchObject({ number: 0 });
    expect(ggufPartName('a-00002-of-00001.GGUF')).toMatchObject({ number: 2, parts: 1 });
    for (const other of ['a.gguf', 'a-1-of-3.gguf', 'a-00001-of-00003.safetensors', '-of-.gguf']) {
      expect(ggufPartName(other)).toBeUndefined();
    }
  });
});
