import { quote } from '../formats/text';

const collator = new Intl.Collator('en', { numeric: true });

/** `model-2` before `model-10`; names that only spelling tells apart in code unit order. */
export function naturalCompare(a: string, b: string): number {
  return collator.compare(a, b) || compareText(a, b);
}

/** Code unit order: the same on every system. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** From here on, a file that is nothing else is worth showing as an opaque model. */
export const LARGE_FILE_BYTES = 1024 * 1024;

const modelExtensions: ReadonlySet<string> = new Set(
  (
    '.safetensors .sft .onnx .gguf .ggml .ggjt .pt .pth .ckpt .bin .jit .torchscript .ptl .npy .npz ' +
    '.h5 .hdf5 .keras .msgpack .tflite .pb .engine .plan .trt .ort .mlmodel .pdparams .pdiparams ' +
    '.nemo .mnn .ncnn .t7 .caffemodel .llamafile'
  ).split(' '),
);

export function hasModelExtension(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && modelExtensions.has(name.slice(dot).toLowerCase());
}

const sidecarPatterns: readonly RegExp[] = [
  /^(config|configuration|generation_config|adapter_config|(\w+_)?preprocessor_config|processor_config|(\w+_)?processor_config|quantize_config|quantization_config|quant_config|special_tokens_map|added_tokens|modules|model_index|params|args|trainer_state|train_results|eval_results|all_results|sentence_bert_config|config_sentence_transformers|mergekit_config|scheduler_config|feature_extractor|hyperparams|xlm-roberta-\w+|sparse_config|prompts)\.(json|ya?ml|txt)$/,
  /^(tokenizer|vocab|vocabulary|merges|spiece|sentencepiece|source|target|chat_template|tekken|normalizer|encoder|dict|bpe|special_tokens)[\w.-]*\.(json|txt|model|jinja|tiktoken|bpe|spm|py)$/,
  /^(readme|licen[cs]e|notice|use_policy|model_?card|changelog|copying|third_party)\b[^/]*$/,
  /^(modeling|configuration|tokenization|processing|image_processing|feature_extraction)_\w+\.py$/,
  /\.index\.json$/,
  /^\.(gitattributes|gitignore)$/,
];

/** A file that goes with a model by convention: configuration, tokenizer, licence, card. */
export function isSidecarName(name: string): boolean {
  const lower = name.toLowerCase();
  if (hasModelExtension(lower)) return false;
  return sidecarPatterns.some((pattern) => pattern.test(lower));
}

const companionEndings: ReadonlySet<string> = new Set(
  (
    'json yaml yml txt md html toml info sha256 hash civitai.info civitai.json cm-info.json ' +
    'metadata.json rgthree-info.json swarm.json swarmpreview.jpg'
  ).split(' '),
);
const mediaEndings: ReadonlySet<string> = new Set(
  'png apng jpg jpeg jpe webp gif avif jxl heic bmp tif tiff svg mp4 webm mov mkv avi mp3 wav flac ogg'.split(
    ' ',
  ),
);
const numberedPreview = /^(preview\.)?(\d{1,3}\.)?([a-z0-9]+)$/;

/** A picture, film or sound: never a model, however large. */
export function isMedia(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot >= 0 && mediaEndings.has(name.slice(dot + 1).toLowerCase());
}

/**
 * `style.preview.png` goes with `style.safetensors`. Sources: the files that A1111, Civitai Helper,
 * Stability Matrix, SwarmUI, rgthree and LoRA Manager write beside a model.
 */
export function isCompanion(name: string, stem: string): boolean {
  if (!name.startsWith(`${stem}.`)) return false;
  const ending = name.slice(stem.length + 1).toLowerCase();
  if (companionEndings.has(ending)) return true;
  return mediaEndings.has(numberedPreview.exec(ending)?.[3] ?? '');
}

const partialPattern = /\.(incomplete|part|partial|crdownload|aria2|download|opdownload|!qb)$/i;
const ollamaPartial = /^sha256-[0-9a-f]{64}-partial/;

/** A download that is not finished. */
export function isPartialDownload(name: string): boolean {
  return partialPattern.test(name) || ollamaPartial.test(name);
}

const genericStem =
  /^(model|pytorch_model|tf_model|flax_model|rust_model|diffusion_pytorch_model|diffusion_flax_model|open_clip_pytorch_model|open_clip_model|adapter_model|adapter|pytorch_lora_weights|consolidated|ggml-model|weights|checkpoint)([._-](fp16|bf16|fp32|f16|f32|bf32|q\d\w*|int8|uint8|int4|bnb4|quantized|ema|non_ema|\d+))*$/i;

/** A stem that says nothing of the model: its folder names it. */
export function isGenericStem(stem: string): boolean {
  return genericStem.test(stem);
}

/** The name without its extension. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** Where a folder lies in a Hugging Face cache. */
export interface HubPlace {
  /** `org/name`. */
  readonly repository: string;
  readonly revision: string;
  /** The folder that holds `models--…`. */
  readonly hub: string;
  /** From the snapshot's root, with `/`; empty at the root. */
  readonly inside: string;
}

const hubRepositoryPattern = /^(.*)\/(?:models|datasets|spaces)--([^/]+)(\/blobs)?$/;

/** A repository's own folder in a Hugging Face cache, or the folder of its blobs. */
export interface HubFolder {
  /** `org/name`. */
  readonly repository: string;
  readonly isBlobs: boolean;
}

/** Recognises `…/models--org--name` and `…/models--org--name/blobs`. */
export function hubFolder(folder: string): HubFolder | undefined {
  const match = hubRepositoryPattern.exec(folder.replaceAll('\\', '/'));
  if (match === null) return undefined;
  const [, , encoded = '', blobs] = match;
  return { repository: encoded.replaceAll('--', '/'), isBlobs: blobs !== undefined };
}

const hubPattern = /^(.*)\/(models|datasets|spaces)--([^/]+)\/snapshots\/([^/]+)(?:\/(.*))?$/;

/** Recognises `…/models--org--name/snapshots/<revision>/…`. */
export function hubPlace(folder: string): HubPlace | undefined {
  const match = hubPattern.exec(folder.replaceAll('\\', '/'));
  if (match === null) return undefined;
  const [, hub = '', , encoded = '', revision = '', inside = ''] = match;
  return { repository: encoded.replaceAll('--', '/'), revision, hub, inside };
}

/** Folders that hold no models of their own and are never entered, unless opened by path. */
const skippedFolders: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '__pycache__',
  '.locks',
  '.no_exist',
  '$RECYCLE.BIN',
  'System Volume Information',
  'lost+found',
  '.Trash',
]);

/** What a Hugging Face cache keeps beside its models. */
const otherRepository = /^(datasets|spaces)--/;

export function isSkippedFolder(name: string): boolean {
  return skippedFolders.has(name) || name.startsWith('.Trash-') || otherRepository.test(name);
}

/** `"a", "b", "c" and 4 more`. `count`: how many there are, where `names` are only the first. */
export function listNames(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, 3).map((name) => quote(name));
  const more = count - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
