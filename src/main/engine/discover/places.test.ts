import { describe, expect, it } from 'vitest';
import { modelName, quantisationOf } from './naming';
import { storeMetadata, storePlace } from './places';
import { filesOf, freshTree, large, namesOf, weights } from './testing/tree';

describe('the place of a folder', () => {
  it.each([
    ['/h/ComfyUI/models/loras', 'ComfyUI', 'LoRA'],
    ['/h/ComfyUI/models/loras/style/old', 'ComfyUI', 'LoRA'],
    ['/h/ComfyUI_windows_portable/ComfyUI/models/vae', 'ComfyUI', 'VAE'],
    ['/h/ComfyUI/models/text_encoders', 'ComfyUI', 'Text encoder'],
    ['/h/ComfyUI/models/clip', 'ComfyUI', 'Text encoder'],
    ['/h/ComfyUI/models/unet', 'ComfyUI', 'Diffusion model'],
    ['/h/ComfyUI/models/diffusion_models', 'ComfyUI', 'Diffusion model'],
    ['/h/stable-diffusion-webui/models/Stable-diffusion', 'Stable Diffusion web UI', 'Checkpoint'],
    ['/h/stable-diffusion-webui/models/Lora', 'Stable Diffusion web UI', 'LoRA'],
    ['/h/stable-diffusion-webui/embeddings', 'Stable Diffusion web UI', 'Embedding'],
    ['/h/stable-diffusion-webui-forge/models/VAE', 'Stable Diffusion web UI Forge', 'VAE'],
    ['/h/StabilityMatrix/Data/Models/StableDiffusion', 'Stability Matrix', 'Checkpoint'],
    ['C:\\u\\StabilityMatrix\\Models\\ControlNet', 'Stability Matrix', 'ControlNet'],
    ['/data/models/controlnet', undefined, 'ControlNet'],
    ['/data/loras', undefined, 'LoRA'],
    ['/h/.lmstudio/models/bartowski/Llama-GGUF', 'LM Studio', undefined],
    ['/h/hub/models--o--n/snapshots/r/vae', 'Hugging Face', undefined],
  ])('%s is of %s, for %s', (folder, kind, category) => {
    expect(storePlace(folder)).toMatchObject({
      ...(kind === undefined ? {} : { kind }),
      ...(category === undefined ? {} : { category }),
    });
    expect(storePlace(folder)?.kind).toBe(kind);
    expect(storePlace(folder)?.category).toBe(category);
  });

  it.each(['/data/bert', '/data/embeddings', '/data/clip', '/data/vae', '/', '/models'])(
    '%s says nothing',
    (folder) => {
      expect(storePlace(folder)).toBeUndefined();
      expect(storeMetadata(folder)).toBeUndefined();
    },
  );
});

describe('names in LM Studio’s folders', () => {
  const folder = '/h/.lmstudio/models/bartowski/Llama-3.2-1B-GGUF';
  const name = (stem: string, alone = false) =>
    modelName({ folder, stem, alone, revision: undefined });

  it('are publisher, repository and quantisation', () => {
    expect(name('Llama-3.2-1B-Q4_K_M')).toBe('bartowski/Llama-3.2-1B-GGUF Q4_K_M');
    expect(name('mmproj-Llama-f16')).toBe('bartowski/Llama-3.2-1B-GGUF mmproj-Llama-f16');
    expect(name('odd', true)).toBe('bartowski/Llama-3.2-1B-GGUF');
    expect(name('model')).toBe('bartowski/Llama-3.2-1B-GGUF');
  });

  it.each([
    ['a-Q4_K_M', 'Q4_K_M'],
    ['a.IQ2_XXS', 'IQ2_XXS'],
    ['a-UD-Q4_K_XL', 'UD-Q4_K_XL'],
    ['a-bf16', 'bf16'],
    ['a-F16', 'F16'],
    ['a-MXFP4', 'MXFP4'],
    ['a-Q8_0', 'Q8_0'],
    ['Qwen3', undefined],
    ['Llama-3.2-1B', undefined],
  ])('%s states %s', (stem, quantisation) => {
    expect(quantisationOf(stem)).toBe(quantisation);
  });
});

describe('folders of image programs', () => {
  const tree = freshTree();

  it('hold one model per file, with its previews and cards, named by the file', async () => {
    const loras = 'ComfyUI/models/loras';
    tree.put(`${loras}/style.safetensors`, weights('a'));
    for (const ending of ['png', 'preview.png', 'civitai.info', 'json', 'cm-info.json', 'mp4']) {
      tree.put(`${loras}/style.${ending}`, ending === 'json' ? '{}' : large());
    }
    tree.put(`${loras}/sub/pytorch_lora_weights.safetensors`, weights('b'));
    tree.put('ComfyUI/models/vae/diffusion_pytorch_model.safetensors', weights('c'));
    tree.put('ComfyUI/models/loras/picture of nobody.jpg', large());
    const found = await tree.find();
    expect(found.problems).toEqual([]);
    expect(namesOf(found)).toEqual(['style', 'sub', 'diffusion_pytorch_model']);
    expect(filesOf(found.list[0])).toHaveLength(7);
    expect(found.list.map(({ metadata }) => metadata.store)).toEqual([
      { kind: 'ComfyUI', category: 'LoRA' },
      { kind: 'ComfyUI', category: 'LoRA' },
      { kind: 'ComfyUI', category: 'VAE' },
    ]);
  });

  it('of LM Studio name models by publisher and repository', async () => {
    for (const quantisation of ['Q4_K_M', 'Q8_0']) {
      tree.put(`.lmstudio/models/pub/Llama-GGUF/Llama-${quantisation}.gguf`, 'GGUF');
    }
    tree.put('.lmstudio/models/pub/mlx/model.safetensors', weights('t'));
    tree.put('.lmstudio/models/pub/mlx/config.json');
    const found = await tree.find();
    expect(namesOf(found)).toEqual(['pub/Llama-GGUF Q4_K_M', 'pub/Llama-GGUF Q8_0', 'pub/mlx']);
    expect(found.list[0]?.metadata.store).toEqual({
      kind: 'LM Studio',
      repository: 'pub/Llama-GGUF',
    });
  });
});
