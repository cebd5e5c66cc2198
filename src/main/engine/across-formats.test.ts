import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelSummary, TensorDetail } from '../../shared/domain';
import { EngineHost } from './host';

const folder = join(import.meta.dirname, '../../../../shared/data/silero_v5_v6');

describe.skipIf(!existsSync(folder))('versions of Silero in several formats', () => {
  let host: EngineHost;
  let models: readonly ModelSummary[] = [];
  beforeAll(async () => {
    host = await EngineHost.start({ dataFolder: null, threads: 2 });
    await host.call('sources.open', { paths: [folder] });
    await host.idle();
    models = (await host.call('models.list', null)).models;
  }, 60_000);
  afterAll(() => host.stop());

  /** Every tensor of a file, with all that have the same bytes. */
  async function tensorsOf(file: string): Promise<{ model: ModelSummary; all: TensorDetail[] }> {
    for (const model of models) {
      const { fileList } = await host.call('models.detail', { modelId: model.id });
      if (fileList[0]?.path !== file) continue;
      const indices = Array.from({ length: model.tensors }, (_, index) => index);
      const details = indices.map((index) =>
        host.call('tensors.detail', { modelId: model.id, index }),
      );
      return { model, all: await Promise.all(details) };
    }
    throw new Error(`${file} is not among the models`);
  }

  /** Formats of the models that hold the same tensor. */
  const formatsOf = (tensor: TensorDetail): string[] => {
    const formats = tensor.sharers.map(({ modelId }) => models.find(({ id }) => id === modelId));
    return [...new Set(formats.map((model) => model?.format ?? ''))].sort();
  };

  it.each(['data__silero_vad@2024-07-09-f0d880d', 'data__silero_vad@2025-11-06-bfdc019'])(
    '%s: every weight of the TorchScript file is found in the ONNX file',
    async (stem) => {
      const script = await tensorsOf(`${stem}.jit`);
      const onnx = await tensorsOf(`${stem}.onnx`);
      expect([script.model.format, onnx.model.format]).toEqual(['pytorch', 'onnx']);
      const weights = script.all.filter(({ byteLength }) => byteLength > 8);
      const found = weights.filter((tensor) =>
        tensor.sharers.some(
          ({ modelId, dtype }) => modelId === onnx.model.id && dtype === tensor.dtype,
        ),
      );
      expect(weights.length).toBeGreaterThanOrEqual(28);
      expect(found).toHaveLength(weights.length);
      expect(new Set(found.map(({ hash }) => hash)).size).toBe(28);
    },
  );

  it('one tensor is the same in ONNX, TorchScript and safetensors', async () => {
    // The safetensors file is of another training: what it has in common is the STFT basis.
    const { model, all } = await tensorsOf('silero_vad_16k.safetensors');
    expect(model.format).toBe('safetensors');
    const shared = all.filter(({ sharerCount }) => sharerCount > 0);
    expect(shared.map(({ name, shape }) => [name, shape])).toEqual([
      [expect.stringMatching(/stft|basis/i), [258, 1, 256]],
    ]);
    expect(shared.map(formatsOf)).toEqual([['onnx', 'pytorch']]);
  });
});
