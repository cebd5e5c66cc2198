import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelId } from '../../../shared/base';
import type { FamiliesReport, Family, LineageEdge } from '../../../shared/domain';
import { testKernels } from '../kernels/test-support';
import { familiesReport } from './families';
import type { FamilyInput } from './families-input';
import { filesInput, KERNEL_BYTES } from './testing/families-files';

const folder = join(import.meta.dirname, '../../../../../shared/data');

describe.skipIf(!existsSync(folder))('families of real models', () => {
  let input: FamilyInput;
  let report: FamiliesReport;
  let names: ReadonlyMap<ModelId, string>;
  beforeAll(async () => {
    input = await filesInput([folder], testKernels(KERNEL_BYTES));
    report = await familiesReport(input);
    names = new Map(input.models.map(({ model }) => [model.id, model.name]));
  }, 120_000);

  const nameOf = (id: ModelId): string => names.get(id) ?? '';
  const membersOf = (family: Family): string[] => family.models.map(nameOf);
  const familyWith = (name: string): Family | undefined =>
    report.families.find((family) => membersOf(family).includes(name));
  const edgeTo = (name: string): LineageEdge | undefined =>
    familyWith(name)?.edges.find(({ child }) => nameOf(child) === name);
  const aloneNames = (): string[] => report.alone.map(nameOf);

  it('strings the nine epochs of one training in their order', () => {
    const family = familyWith('RFB-Epoch-0-Loss-6.496268930889311');
    const epochs = family?.models.map((id) => /Epoch-(\d+)/.exec(nameOf(id))?.[1]);
    expect(epochs).toEqual(['0', '20', '60', '100', '220', '300', '460', '480', '499']);
    expect(family?.edges.map(({ relation }) => relation)).toEqual(Array(8).fill('checkpoint'));
    expect(family?.edges.every(({ parent }, i) => parent === family.models[i])).toBe(true);
    expect(edgeTo('RFB-Epoch-499-Loss-2.6552731423150924')?.evidence.sentence).toMatch(
      /^244 of 244 tensors near; .*step 480 → 499$/,
    );
  });

  it('strings the checkpoints of an adapter, and calls them by their folder', () => {
    const family = familyWith('checkpoint-8000__adapter_model');
    expect(family?.name).toBe('roberta_lora_ptbr');
    expect(membersOf(family as Family).map((name) => /\d+/.exec(name)?.[0])).toEqual([
      '1000',
      '8000',
      '8610',
    ]);
  });

  it('puts exports under what they were made from', () => {
    const of = (name: string) => [nameOf(edgeTo(name)?.parent as ModelId), edgeTo(name)?.relation];
    expect(of('Mb_Tiny_RFB_FD_train_input_320.onnx')).toEqual([
      'Mb_Tiny_RFB_FD_train_input_320.pth',
      'cast',
    ]);
    expect(of('version-RFB-640')).toEqual(['Mb_Tiny_RFB_FD_train_input_640', 'cast']);
    expect(of('data__silero_vad@2025-11-06-bfdc019.onnx')).toEqual([
      'data__silero_vad@2025-11-06-bfdc019.jit',
      'cast',
    ]);
    expect(familyWith('Mb_Tiny_RFB_FD_train_input_320.pth')).not.toBe(
      familyWith('version-RFB-640'),
    );
    expect(familyWith('data__silero_vad@2024-07-09-f0d880d.jit')).not.toBe(
      familyWith('data__silero_vad@2025-11-06-bfdc019.jit'),
    );
  });

  it('finds that one voice is the mean of two others', () => {
    const blends = report.families.flatMap(({ edges }) =>
      edges.filter(({ relation }) => relation === 'blend'),
    );
    expect(blends.map(({ child }) => nameOf(child))).toHaveLength(1);
    const [blend] = blends;
    expect(['af', 'af_v0']).toContain(nameOf(blend?.child as ModelId));
    const parents = blend?.evidence.blend?.map(({ modelId, weight }) => [
      nameOf(modelId),
      weight.toFixed(2),
    ]);
    expect(parents).toHaveLength(2);
    expect(parents?.map(([name]) => /bella|sarah/.exec(name ?? '')?.[0]).sort()).toEqual([
      'bella',
      'sarah',
    ]);
    expect(parents?.every(([, weight]) => weight === '0.50')).toBe(true);
    expect(familyWith('af')).toBe(familyWith('af_v0'));
  });

  it.each(['bella', 'nicole', 'sarah'])('brings the voice %s together across lengths', (voice) => {
    expect(familyWith(`af_v0${voice}`)).toBe(familyWith(`voices__af_${voice}`));
    expect(edgeTo(`voices__af_${voice}`)?.deltaBytes).toBeLessThan(5000);
  });

  it('brings vocabularies together by their bytes, versions by name and values', () => {
    expect(familyWith('models__ggml-vocab-llama@2023-08-18-e35f8c7')).toBe(
      familyWith('models__ggml-vocab-llama@2023-08-17-e0429d3'),
    );
    expect(familyWith('ggml-vocab-gpt2')).toBe(familyWith('ggml-vocab-gpt-2'));
    for (const net of ['alex', 'vgg', 'squeeze']) {
      expect(familyWith(`v0.1__${net}`)?.models).toHaveLength(2);
      expect(familyWith(`v0.1__${net}`)).toBe(familyWith(`weights__${net}`));
    }
  });

  it('finds versions whose layers were renumbered', () => {
    const edge = edgeTo('vgg7__anime_style_noise0_rgb@2018-05-01-3bc1a83');
    expect(nameOf(edge?.parent as ModelId)).toBe('vgg7__anime_style_noise0_rgb@2017-03-06-58ea91d');
    expect(edge?.evidence.different.tensors).toBe(0);
  });

  it('leaves what has no relative alone, adapters without their base among it', () => {
    expect(aloneNames()).toEqual(
      expect.arrayContaining([
        'taef2_decoder',
        'taef2_encoder',
        'taesana_encoder',
        'lora_illust',
        'lora_kiriko',
        'lora_disney_inpainting',
        'stories260K',
      ]),
    );
    expect(
      report.families.flatMap(({ edges }) => edges).some(({ relation }) => relation === 'adapter'),
    ).toBe(false);
  });

  it('lists every model once', () => {
    const listed = [...report.families.flatMap(({ models }) => models), ...report.alone];
    expect([...listed].sort()).toEqual(input.models.map(({ model }) => model.id).sort());
  });

  it('says the same when the models come the other way round', async () => {
    const reversed = await familiesReport({ ...input, models: [...input.models].reverse() });
    expect(reversed).toEqual(report);
  });
});
