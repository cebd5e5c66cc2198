import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fineTune,
  type MadeTensor,
  madeModel,
  writeModel,
} from '../main/engine/similarity/testing/made-models';
import { compareStatuses } from '../shared/domain';
import type { ComparisonJson } from './compare';
import type { EstimateReport } from './estimate';
import type { FamiliesJson } from './families';
import { run } from './run';
import type { SimilarReport } from './similar';

let folder = '';
const files = { base: '', copy: '', half: '', tuned: '', grown: '', alien: '' };
const base = madeModel(1, 'F32');
const only =
  (...texts: readonly string[]) =>
  (one: MadeTensor) =>
    texts.some((text) => one.name.includes(text));

/** A fine-tune of the attention alone; everything else keeps its bytes. */
const tunedAttention = (): MadeTensor[] => {
  const isAttention = only('self_attn');
  const changed = fineTune(base, 0.01, 'F32', 3);
  return base.map((one, at) => (isAttention(one) ? (changed[at] ?? one) : one));
};

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function tessera(...args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progress: false,
    columns: 80,
    env: { XDG_DATA_HOME: path.join(folder, 'xdg'), LOCALAPPDATA: path.join(folder, 'xdg') },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, out, err } = await tessera(...args, '--json', '--no-cache');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

const compared = (a: string, b: string, ...more: readonly string[]) =>
  json<ComparisonJson>('compare', a, b, ...more);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-similarity-'));
  const family = path.join(folder, 'family');
  const halved = base.map((one): MadeTensor => ({ ...one, dtype: 'BF16' }));
  const renamed = tunedAttention().map((one, at) => (at === 0 ? { ...one, name: 'tokens' } : one));
  const extra = madeModel(9, 'F32')
    .slice(0, 1)
    .map((one) => ({ ...one, name: 'extra.weight' }));
  files.base = writeModel(family, 'base', base);
  files.copy = writeModel(family, 'copy', base);
  files.half = writeModel(family, 'half', halved);
  files.tuned = writeModel(family, 'tuned', renamed);
  files.grown = writeModel(family, 'grown', [...base.slice(1), ...extra]);
  files.alien = writeModel(path.join(folder, 'alien'), 'alien', madeModel(77, 'F32'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tessera compare', () => {
  it('prints groups that hold every tensor of both models once', async () => {
    const report = await compared(files.base, files.grown);
    expect(Object.keys(report)).toEqual(['a', 'b', ...compareStatuses, 'tensors', 'verdict']);
    expect(report.a).toEqual({ name: expect.stringContaining('base'), path: files.base });
    const inA = compareStatuses.filter((status) => status !== 'onlyB');
    const sum = (key: 'tensors' | 'bytes', statuses: readonly (typeof inA)[number][]) =>
      statuses.reduce((total, status) => total + report[status][key], 0);
    expect(sum('tensors', inA)).toBe(base.length);
    expect(sum('bytes', inA)).toBe(
      base.reduce((bytes, { values }) => bytes + values.byteLength, 0),
    );
    expect(report.identical.tensors).toBe(base.length - 1);
    expect([report.onlyA, report.onlyB]).toEqual([
      { tensors: 1, bytes: 160 * 64 * 4 },
      { tensors: 1, bytes: 160 * 64 * 4 },
    ]);
    const alone = report.tensors.filter(({ status }) => status.startsWith('only'));
    expect(alone.map(({ name, otherName }) => [name, otherName])).toEqual([
      ['model.embed_tokens.weight', null],
      [null, 'extra.weight'],
    ]);
  });

  it('prints a measured line per tensor, with the name it has in the other model', async () => {
    const report = await compared(files.base, files.tuned);
    const attention = report.tensors.filter(({ name }) => name?.includes('self_attn'));
    expect(attention.length).toBeGreaterThan(0);
    for (const tensor of attention) {
      expect(tensor).toMatchObject({ status: 'near', match: 'near-duplicate', verified: true });
      expect(tensor.cosine).toBeGreaterThan(0.999);
      expect(tensor.relativeL2).toBeCloseTo(0.01, 2);
      expect(tensor.bits).toBeGreaterThan(0);
      expect(tensor.deltaBytes).toBeGreaterThan(0);
    }
    const moved = report.tensors.find(({ otherName }) => otherName === 'tokens');
    expect(moved).toMatchObject({
      name: 'model.embed_tokens.weight',
      status: 'identical',
      match: null,
      cosine: 1,
      relativeL2: 0,
      bits: 0,
    });
    expect(Object.keys(moved ?? {})).toEqual(
      'name otherName status match score cosine relativeL2 bits deltaBytes verified'.split(' '),
    );
    expect(report.verdict).toMatch(
      /^\d+% of the bytes are identical; 6 tensors differ slightly, all attention, in every layer\.$/,
    );
  });

  it('recognises a copy, a cast and a stranger', async () => {
    expect((await compared(files.base, files.copy)).verdict).toBe(
      'Every tensor is identical, byte for byte.',
    );
    const cast = await compared(files.base, files.half);
    expect(cast.cast.tensors).toBe(base.length);
    expect(cast.verdict).toBe('Same weights in another dtype: every tensor is a cast.');
    const alien = await compared(files.base, files.alien);
    expect(alien.identical.tensors + alien.cast.tensors).toBe(0);
    expect(alien.tensors.every(({ verified }) => verified === true)).toBe(true);
  });

  it('compares a model with itself, and a file with its own folder', async () => {
    const self = await compared(files.base, files.base);
    expect(self.identical.tensors).toBe(base.length);
    const family = path.dirname(files.base);
    const again = await compared(files.base, family, '--model-b', 'half');
    expect([again.a.name, again.b.name, again.cast.tensors]).toEqual(['base', 'half', base.length]);
    const back = await compared(family, files.base, '--model-a', 'half');
    expect([back.a.name, back.b.name]).toEqual(['half', 'base']);
  });

  it('asks which model is meant where a path holds several', async () => {
    const family = path.dirname(files.base);
    const several = await tessera('compare', family, files.base, '--no-cache');
    expect(several).toMatchObject({ code: 2, out: '' });
    expect(several.err).toMatch(/--model-a ID:\n( {2}[0-9a-f]{16} {2}\w+\n){5}$/);
    const missing = await tessera('compare', files.base, family, '--model-b', 'x', '--no-cache');
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('has no model x');
  });

  it('ends with exit code 3 where there is nothing to compare', async () => {
    const nothing = await tessera('compare', files.base, path.join(folder, 'no'), '--no-cache');
    expect(nothing).toMatchObject({ code: 3, out: '' });
    expect(nothing.err).toContain('no such file');
  });

  it('prints a table for people, with the verdict first and names as plain text', async () => {
    const hostile = base.map((one, at) =>
      at === 0 ? { ...one, name: 'tok\u001b[31mens\u202e' } : one,
    );
    const file = writeModel(path.join(folder, 'hostile'), 'hostile', hostile);
    const { code, out, err } = await tessera('compare', files.base, file, '--no-cache');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toContain('Every tensor is identical');
    expect(out).toMatch(/^identical +14 +\S+ kB +100%$/m);
    const changed = await tessera('compare', file, files.tuned, '--no-cache');
    expect(changed.out).toMatch(/^model\.layers\.0\.self_attn\.q_proj\.weight +near-duplicate/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come through
    expect(out + changed.out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('tessera similar', () => {
  it('lists matches from a threshold on, measured, the surest first', async () => {
    const report = await json<SimilarReport>('similar', files.base, files.tuned);
    expect(report.threshold).toBe(0.9);
    const near = report.matches.filter(({ kind }) => kind === 'near-duplicate');
    expect(new Set(near.map(({ tensor }) => tensor.name)).size).toBeGreaterThanOrEqual(6);
    for (const { tensor, base: other, score, verified } of near) {
      expect(verified).toBe(true);
      expect(score).toBeGreaterThanOrEqual(0.995);
      expect(tensor.name).toBe(other.name);
      expect(tensor.model.name).not.toBe(other.model.name);
    }
  });

  it('finds no near match between strangers, and says so', async () => {
    const report = await json<SimilarReport>(
      'similar',
      files.base,
      files.alien,
      '--threshold',
      '1',
    );
    expect(report).toEqual({ threshold: 1, matches: [] });
    const said = await tessera('similar', files.base, files.alien, '--threshold=1', '--no-cache');
    expect(said).toMatchObject({ code: 0, out: 'No tensor is like another from 1 on.\n' });
  });

  it.each(['0.4', '1.1', '-1', 'much', ''])('refuses the threshold %j', async (threshold) => {
    const refused = await tessera('similar', files.base, `--threshold=${threshold}`);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('0.5 to 1');
  });
});

describe('tessera families', () => {
  it('puts relatives together, a stranger aside, and names everything', async () => {
    const report = await json<FamiliesJson>('families', folder);
    const family = report.families.find(({ models }) => models.some(({ name }) => name === 'base'));
    const names = family?.models.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['base', 'copy', 'grown', 'half', 'tuned']));
    expect(report.alone.map(({ name }) => name)).toContain('alien');
    expect(report.pending).toEqual([]);
    expect(family?.edges).toHaveLength(names.length - 1);
    expect(family?.root).toEqual(family?.models[0]);
    for (const { parent, child, evidence } of family?.edges ?? []) {
      expect(names.indexOf(parent.name)).toBeLessThan(names.indexOf(child.name));
      expect(evidence.sentence).not.toBe('');
    }
    expect(family?.matrix.shared.map((row) => row.length)).toEqual(names.map(() => names.length));
    const [one, other] = [names.indexOf('base'), names.indexOf('copy')];
    expect(family?.matrix.shared[one]?.[other]).toBe(family?.matrix.shared[one]?.[one]);
  });

  it('prints a tree for people', async () => {
    const { code, out, err } = await tessera('families', path.dirname(files.base), '--no-cache');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/: 5 models\n/);
    expect(out).toMatch(/^Model +How +As delta$/m);
    expect(out.match(/^ {2}\S/gm)?.length).toBeGreaterThanOrEqual(1);
    const none = await tessera('families', files.alien, '--no-cache');
    expect(none.out).toMatch(/^No two models are related\.\n\nWithout a relative:\n {2}alien\n$/);
  });
});

describe('tessera estimate', () => {
  it('prints exactly the figures that were promised, which add up', async () => {
    for (const more of [[], ['--exact']]) {
      const report = await json<EstimateReport>('estimate', path.dirname(files.base), ...more);
      expect(Object.keys(report)).toEqual(['logicalBytes', 'storedBytes', 'savings', 'basis']);
      expect(Object.keys(report.storedBytes)).toEqual(['low', 'expected', 'high']);
      expect(Object.keys(report.savings)).toEqual(['exact', 'cast', 'delta', 'compression']);
      const { low, expected, high } = report.storedBytes;
      expect(low).toBeLessThanOrEqual(expected);
      expect(expected).toBeLessThanOrEqual(high);
      const saved = Object.values(report.savings).reduce((sum, bytes) => sum + bytes, 0);
      expect(Math.abs(report.logicalBytes - expected - saved)).toBeLessThan(1);
      expect(report.basis.kind).toBe(more.length === 0 ? 'sample' : 'measured');
      if (more.length > 0) expect(low).toBe(high);
    }
  });

  it('weighs as many bytes as the files have, and writes nothing beside them', async () => {
    const family = path.dirname(files.base);
    const before = await readdir(family);
    const report = await json<EstimateReport>('estimate', family);
    const sizes = await Promise.all(
      before.map(async (name) => (await readFile(path.join(family, name))).length),
    );
    expect(report.logicalBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(await readdir(family)).toEqual(before);
  });

  it('prints a sentence and a table for people', async () => {
    const { code, out } = await tessera('estimate', path.dirname(files.base), '--no-cache');
    expect(code).toBe(0);
    expect(out).toMatch(/^5 models, \d+ tensors: \S+ \wB would take \S+ \wB \(.* to .*\), \d+% of/);
    expect(out).toContain('--exact weighs every byte');
  });

  it('says so where there is no model', async () => {
    const empty = await mkdtemp(path.join(folder, 'empty-'));
    await writeFile(path.join(empty, 'notes.txt'), 'nothing');
    const { code, out } = await tessera('estimate', empty, '--no-cache');
    expect([0, 3]).toContain(code);
    if (code === 0) expect(out).toMatch(/^0 models, 0 tensors/);
  });
});

describe('wrong usage', () => {
  it.each([
    [['compare']],
    [['compare', 'a']],
    [['compare', 'a', 'b', 'c']],
    [['families']],
    [['similar']],
    [['estimate']],
    [['estimate', '.', '--yaml']],
  ])('ends with exit code 2: %j', async (args) => {
    expect(await tessera(...args)).toMatchObject({ code: 2, out: '' });
  });
});

const shared = path.resolve(import.meta.dirname, '../../../shared/data');

describe.skipIf(!existsSync(shared))('real files', () => {
  const real = (family: string, start: string, end = ''): string => {
    const names = existsSync(path.join(shared, family)) ? listing[family] : undefined;
    const name = names?.find((one) => one.startsWith(start) && one.endsWith(end));
    if (name === undefined) throw new Error(`no ${start} in ${family}`);
    return path.join(shared, family, name);
  };
  const listing: Record<string, string[]> = {};
  beforeAll(async () => {
    for (const family of await readdir(shared)) {
      if (!family.includes('.')) listing[family] = await readdir(path.join(shared, family));
    }
  });

  it('adjacent epochs are near in every large tensor', async () => {
    const epochs = 'ultralight_rfb_epochs';
    const report = await compared(real(epochs, 'RFB-Epoch-480'), real(epochs, 'RFB-Epoch-499'));
    const all = report.near.bytes + report.different.bytes + report.identical.bytes;
    expect(report.near.bytes / all).toBeGreaterThan(0.99);
    expect(report.onlyA.tensors + report.onlyB.tensors).toBe(0);
  });

  it('an ONNX export holds every tensor of its PyTorch file, byte for byte', async () => {
    const exports = 'ultralight_rfb_exports';
    const input = 'Mb_Tiny_RFB_FD_train_input_320';
    const report = await compared(real(exports, input, '.pth'), real(exports, input, '.onnx'));
    expect(report.identical.tensors).toBe(244);
    expect(report.different.tensors + report.onlyA.tensors).toBe(0);
  });

  it('weights whose layers were renumbered are found by their values', async () => {
    const noise = 'vgg7__anime_style_noise0_rgb@201';
    const waifu = 'waifu2x_vgg7_npz';
    const report = await compared(real(waifu, `${noise}7`), real(waifu, `${noise}8`));
    const moved = report.tensors.filter(({ status }) => status === 'cast');
    expect(moved.map(({ name, otherName }) => [name, otherName])).toEqual(
      expect.arrayContaining([
        ['conv0/W', 'conv1/W'],
        ['conv5/W', 'conv6/W'],
        ['conv0/b', 'conv1/b'],
      ]),
    );
    expect(report.different.tensors).toBe(0);
  });
});
