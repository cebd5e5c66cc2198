import type { MetadataValue } from '../../../shared/domain';
import { hubPlace } from './names';

/** What a folder's place says of the models in it; all by convention, none of it checked. */
export interface StorePlace {
  /** The program whose folder it is, as people know it. */
  readonly kind?: string;
  /** What the program uses the models of this folder for: `LoRA`. */
  readonly category?: string;
  /** `publisher/repository`, where the folders tell it and the files do not. */
  readonly repository?: string;
  /** The folder only sorts models: its name names none of them. */
  readonly isCategoryFolder: boolean;
}

const studioPattern = /\/(?:\.lmstudio|lm-studio|LM Studio)\/models\/([^/]+)\/([^/]+)(?:\/|$)/;

/** Folders that say what their models are for, wherever they lie. */
const clearCategories: ReadonlyMap<string, string> = new Map(
  Object.entries({
    loras: 'LoRA',
    lora: 'LoRA',
    lycoris: 'LoRA',
    checkpoints: 'Checkpoint',
    'stable-diffusion': 'Checkpoint',
    stablediffusion: 'Checkpoint',
    text_encoders: 'Text encoder',
    text_encoder: 'Text encoder',
    textencoders: 'Text encoder',
    clip_vision: 'Vision encoder',
    clipvision: 'Vision encoder',
    controlnet: 'ControlNet',
    t2iadapter: 'ControlNet',
    diffusion_models: 'Diffusion model',
    diffusionmodels: 'Diffusion model',
    upscale_models: 'Upscaler',
    latent_upscale_models: 'Upscaler',
    esrgan: 'Upscaler',
    realesrgan: 'Upscaler',
    swinir: 'Upscaler',
    scunet: 'Upscaler',
    dat: 'Upscaler',
    hypernetworks: 'Hypernetwork',
    hypernetwork: 'Hypernetwork',
    vae_approx: 'Approximate VAE',
    'vae-approx': 'Approximate VAE',
    approxvae: 'Approximate VAE',
    textual_inversion: 'Embedding',
    textualinversion: 'Embedding',
    style_models: 'Style model',
    photomaker: 'PhotoMaker',
    ipadapter: 'IP-Adapter',
    ip_adapter: 'IP-Adapter',
    animatediff_models: 'Motion module',
    motion_module: 'Motion module',
    gfpgan: 'Face restoration',
    codeformer: 'Face restoration',
    facerestore_models: 'Face restoration',
    gligen: 'GLIGEN',
    ultralytics: 'Detector',
    adetailer: 'Detector',
    insightface: 'Face recognition',
    sams: 'Segmentation',
  }),
);

/** Names that mean something else elsewhere, so that they count below `models` or a program only. */
const closeCategories: ReadonlyMap<string, string> = new Map(
  Object.entries({
    vae: 'VAE',
    clip: 'Text encoder',
    unet: 'Diffusion model',
    embeddings: 'Embedding',
    diffusers: 'Diffusers pipeline',
  }),
);

const programs: readonly (readonly [RegExp, string])[] = [
  [/^comfyui/i, 'ComfyUI'],
  [/^stable-diffusion-webui-(re)?forge/i, 'Stable Diffusion web UI Forge'],
  [/^(sd-webui-)?forge/i, 'Stable Diffusion web UI Forge'],
  [/^stable-diffusion-webui/i, 'Stable Diffusion web UI'],
  [/^stability ?matrix/i, 'Stability Matrix'],
  [/^(sd\.?next|automatic)$/i, 'SD.Next'],
  [/^fooocus/i, 'Fooocus'],
  [/^swarmui/i, 'SwarmUI'],
  [/^invokeai/i, 'InvokeAI'],
];

/** Folders below a category that still belong to it. */
const MAX_DEPTH_BELOW = 4;

/** What the path of a folder says, by the customs of the programs that keep models in it. */
export function storePlace(folder: string): StorePlace | undefined {
  const path = folder.replaceAll('\\', '/');
  const hub = hubPlace(path);
  if (hub !== undefined) return { kind: 'Hugging Face', isCategoryFolder: false };
  const studio = studioPattern.exec(path);
  if (studio !== null) {
    const repository = `${studio[1] ?? ''}/${studio[2] ?? ''}`;
    return { kind: 'LM Studio', repository, isCategoryFolder: false };
  }
  return imagePlace(path.split('/'));
}

function imagePlace(segments: readonly string[]): StorePlace | undefined {
  const kind = programOf(segments);
  const first = Math.max(1, segments.length - 1 - MAX_DEPTH_BELOW);
  for (let at = segments.length - 1; at >= first; at -= 1) {
    const name = (segments[at] ?? '').toLowerCase();
    const isBelow = /^models$/i.test(segments[at - 1] ?? '') || isProgram(segments[at - 1]);
    const category = clearCategories.get(name) ?? (isBelow ? closeCategories.get(name) : undefined);
    if (category === undefined) continue;
    const isCategoryFolder = at === segments.length - 1 && isBelow;
    return { ...(kind === undefined ? {} : { kind }), category, isCategoryFolder };
  }
  return kind === undefined ? undefined : { kind, isCategoryFolder: false };
}

function programOf(segments: readonly string[]): string | undefined {
  for (const segment of segments.toReversed()) {
    const known = programs.find(([pattern]) => pattern.test(segment));
    if (known !== undefined) return known[1];
  }
  return undefined;
}

function isProgram(segment: string | undefined): boolean {
  return segment !== undefined && programs.some(([pattern]) => pattern.test(segment));
}

/** The metadata key under which a model says where it is kept. */
export const STORE_KEY = 'store';

/** What a model's metadata says of its place; undefined for a plain folder. */
export function storeMetadata(folder: string): Record<string, MetadataValue> | undefined {
  const place = storePlace(folder);
  if (place === undefined) return undefined;
  const { kind, category, repository } = place;
  const hub = hubPlace(folder);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(category === undefined ? {} : { category }),
    ...(repository === undefined ? {} : { repository }),
    ...(hub === undefined ? {} : { repository: hub.repository, revision: hub.revision }),
  };
}
