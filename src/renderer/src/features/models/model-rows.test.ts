import { describe, expect, it } from 'vitest';
import { formatBytes, type ModelId, type SourceId } from '../../../../shared/base';
import type { ModelSummary, SourceInfo } from '../../../../shared/domain';
import { dtypesText, filterModels, groupByFolder } from './model-rows';

const model = (name: string, extra: Partial<ModelSummary> = {}): ModelSummary => ({
  id: name as ModelId,
  name,
  sourceId: 'a' as SourceId,
  folder: '/models',
  format: 'safetensors',
  files: 1,
  logicalBytes: 1000,
  tensors: 1,
  parameters: 1,
  dtypes: { BF16: 1 },
  analysis: 'pending',
  ...extra,
});

const source = (id: string, name: string): SourceInfo => ({
  id: id as SourceId,
  name,
  path: `/${name}`,
  kind: 'folder',
  state: 'ready',
  models: 1,
  files: 1,
  logicalBytes: 1000,
});

describe('filterModels', () => {
  const models = [
    model('Qwen2.5-7B'),
    model('silero_vad', { format: 'onnx', dtypes: { F32: 3, I64: 1 } }),
    model('other', { folder: '/home/ada/qwen' }),
  ];
  const names = (query: string) => filterModels(models, query).map(({ name }) => name);

  it('finds by name, format, dtype and folder, without regard to case', () => {
    expect(names('QWEN')).toEqual(['Qwen2.5-7B', 'other']);
    expect(names('onnx')).toEqual(['silero_vad']);
    expect(names('i64')).toEqual(['silero_vad']);
  });

  it('wants every word', () => {
    expect(names('qwen bf16 7b')).toEqual(['Qwen2.5-7B']);
    expect(names('qwen onnx')).toEqual([]);
  });

  it('keeps all for an empty query, and takes signs literally', () => {
    expect(filterModels(models, '  ')).toBe(models);
    expect(names('.*')).toEqual([]);
  });
});

describe('groupByFolder', () => {
  const sources = [source('a', 'disk 10'), source('b', 'disk 2')];
  const at = (name: string, id: string, folder: string) =>
    model(name, { sourceId: id as SourceId, folder });
  const labels = (rows: readonly ModelSummary[]) =>
    groupByFolder(rows, sources, (count) => formatBytes(count)).map(({ label, detail }) => [
      label,
      detail,
    ]);

  it('groups in natural order of the folders, with counts and sizes', () => {
    const rows = [
      at('x', 'b', '/disk 2'),
      at('y', 'a', '/disk 10/lora'),
      at('z', 'b', '/disk 2'),
      at('w', 'a', '/disk 10/lora'),
    ];
    expect(labels(rows)).toEqual([
      ['disk 2', '2 models, 2.00 kB · /disk 2'],
      ['disk 10/lora', '2 models, 2.00 kB · /disk 10/lora'],
    ]);
  });

  it('lists models alone in their folder under their source', () => {
    const rows = [
      at('base', 'a', '/disk 10/base'),
      at('tuned', 'a', '/disk 10/tuned'),
      at('plain', 'a', '/disk 10'),
    ];
    expect(labels(rows)).toEqual([['disk 10', '3 models, 3.00 kB · /disk 10']]);
  });

  it('keeps folders of one name in two sources apart', () => {
    const rows = ['a', 'b'].flatMap((id) => [
      at('x', id, `/${id === 'a' ? 'disk 10' : 'disk 2'}/m`),
      at('y', id, `/${id === 'a' ? 'disk 10' : 'disk 2'}/m`),
    ]);
    expect(labels(rows).map(([label]) => label)).toEqual(['disk 2/m', 'disk 10/m']);
  });

  it('keeps models whose source is not listed', () => {
    expect(groupByFolder([model('x')], [], String)).toHaveLength(1);
  });
});

describe('dtypesText', () => {
  it('names the most frequent and counts the rest', () => {
    expect(dtypesText({ BF16: 9 })).toBe('BF16');
    expect(dtypesText({ F16: 9, F32: 3, I64: 1, U8: 1 })).toBe('F16, F32 +2');
    expect(dtypesText({})).toBe('–');
  });
});
