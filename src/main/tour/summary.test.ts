import { describe, expect, it } from 'vitest';
import type { ModelId, SourceId } from '../../shared/base';
import type { ModelSummary } from '../../shared/domain';
import { screenNames } from '../../shared/ipc';
import { allShots, shotFileName } from './shots';
import { type TourFindings, tourSummary } from './summary';

const model = (name: string, part: Partial<ModelSummary> = {}): ModelSummary => ({
  id: '0123456789abcdef' as ModelId,
  name,
  sourceId: '0123456789abcdef' as SourceId,
  folder: '/data',
  format: 'safetensors',
  files: 2,
  logicalBytes: 15_200_000_000,
  tensors: 1234,
  parameters: 7e9,
  dtypes: { BF16: 1234 },
  analysis: 'done',
  bytes: {
    logicalBytes: 15_200_000_000,
    uniqueBytes: 15_000_000_000,
    exclusiveBytes: 300_000_000,
    sharedBytes: 14_700_000_000,
  },
  ...part,
});

const found: TourFindings = {
  models: [model('base')],
  totals: {
    models: 1,
    files: 2,
    tensors: 1234,
    logicalBytes: 15_200_000_000,
    uniqueBytes: 15_000_000_000,
    fingerprintedBytes: 15_200_000_000,
    sharedBytes: 0,
    pendingModels: 0,
  },
  savings: {
    models: [],
    pendingModels: 0,
    logicalBytes: 15_200_000_000,
    uniqueBytes: 15_000_000_000,
    savedBytes: 200_000_000,
    savedAcrossModels: 150_000_000,
    savedInsideModels: 50_000_000,
  },
  problems: [],
  pictures: { folder: '/out', count: 20 },
  units: 'decimal',
};

describe('tourSummary', () => {
  it('says what was found in words and numbers', () => {
    const text = tourSummary(found);
    expect(text).toContain('Tessera: 1 model in 2 files, 1,234 tensors, 15.2 GB\n');
    expect(text).toContain('200 MB (1%) would be saved');
    expect(text).toContain('No problems');
    expect(text).toContain('20 pictures of the screens: /out\n');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('aligns its columns', () => {
    const text = tourSummary({ ...found, models: [model('base'), model('a-much-longer-name')] });
    const rows = text.split('\n').slice(2, 5);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });

  it('shows no number for a model whose fingerprints are not done', () => {
    const { bytes: _, ...pending } = model('new', { analysis: 'pending' });
    expect(tourSummary({ ...found, models: [pending] })).toMatch(/new .* -\s+-\n/);
  });

  it('lets no name move the cursor or forge a line', () => {
    const evil = 'x\u001b[2J\r\nTessera: 0 problems\u202e\u009b1m';
    const problem = { file: evil, error: evil, kind: 'malformed' } as const;
    const text = tourSummary({ ...found, models: [model(evil)], problems: [problem] });
    expect(text).not.toMatch(/[\p{Cf}]|[^\P{Cc}\n]/u);
    expect(text.split('\n').filter((line) => line.startsWith('Tessera:'))).toHaveLength(1);
  });

  it('cuts long lists and says how much it left out', () => {
    const models = Array.from({ length: 45 }, (_, index) => model(`m${index}`));
    expect(tourSummary({ ...found, models })).toContain('and 5 more');
  });
});

describe('allShots', () => {
  it('covers every screen, theme and size under its own name', () => {
    const names = allShots().map(shotFileName);
    expect(names).toHaveLength(screenNames.length * 4);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('models-dark-1024.png');
  });
});
