import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  array,
  type GgufSpec,
  ggufParts,
  text,
  u32,
} from '../src/main/engine/formats/testing/gguf-file';
import { ordered, pickle } from '../src/main/engine/formats/testing/pickle-file';
import { tensor as pickledTensor } from '../src/main/engine/formats/testing/pytorch-file';
import { safetensorsFile } from '../src/main/engine/formats/testing/safetensors-cases';
import { writeSparse } from '../src/main/engine/formats/testing/sparse';
import { writeSparseZip } from '../src/main/engine/formats/testing/sparse-zip';
import { type BenchOptions, table, writeResult } from './harness';
import type { OpenRun } from './open-child';
import { runProcess } from './processes';
import { summarise } from './statistics';

const MODELS = 1000;
const TENSORS_PER_MODEL = 200;
/** Of a tokenizer's vocabulary, which GGUF files carry. */
const TOKENS = 32_000;

interface MadeTensor {
  readonly name: string;
  readonly shape: readonly [number, number];
}

/**
 * Opening a made folder of 1,000 models with 200,000 tensors: only headers are read. The files are
 * sparse, so that terabytes of weights take some hundred megabytes of disk; headers are as large as
 * real ones.
 */
export async function open(options: BenchOptions): Promise<void> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    makeModels(folder);
    const logicalBytes = sizeOf(folder);
    const runs: OpenRun[] = [];
    for (let round = -1; round < options.rounds; round += 1) {
      const run = await openOnce(folder);
      if (round >= 0) runs.push(run);
    }
    report(runs, logicalBytes);
    const figures = { models: MODELS, tensors: MODELS * TENSORS_PER_MODEL, logicalBytes, runs };
    console.log(`\nwritten: ${writeResult(options.root, 'open', figures)}`);
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function openOnce(folder: string): Promise<OpenRun> {
  const { stdout } = await runProcess([
    process.execPath,
    join(import.meta.dirname, 'open-child.js'),
    folder,
  ]);
  const run: OpenRun = JSON.parse(stdout);
  const expected = `${MODELS} models, ${MODELS * TENSORS_PER_MODEL} tensors`;
  const found = `${run.models} models, ${run.tensors} tensors`;
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
  return run;
}

function report(runs: readonly OpenRun[], logicalBytes: number): void {
  const { minSeconds, medianSeconds, peakBytes } = summarise(runs);
  const read = runs[0]?.readBytes ?? 0;
  const share = ((100 * read) / logicalBytes).toFixed(4);
  const head = ['', 's best', 's median', 'read', 'of the files', 'peak memory'];
  const cells = [minSeconds.toFixed(3), medianSeconds.toFixed(3), `${(read / 1e6).toFixed(0)} MB`];
  const memory = `${Math.round(peakBytes / 1e6)} MB`;
  const what = `${MODELS} models, ${(logicalBytes / 1e12).toFixed(2)} TB`;
  console.log(table([head, [what, ...cells, `${share}%`, memory]]));
}

/** A folder per model, of safetensors, GGUF and PyTorch in turn; what is there already is kept. */
function makeModels(folder: string): void {
  const makers = [makeSafetensors, makeGguf, makePytorch];
  for (let index = 0; index < MODELS; index += 1) {
    const own = join(folder, `model-${String(index).padStart(4, '0')}`);
    const config = join(own, 'config.json');
    mkdirSync(own, { recursive: true });
    if (readdirSync(own).includes('config.json')) continue;
    makers[index % makers.length]?.(own, tensorsOf(index));
    const facts = { architectures: ['LlamaForCausalLM'], hidden_size: 2048, model: index };
    writeFileSync(config, JSON.stringify(facts));
  }
}

/** Of a model of some 1 to 2 GB. */
function tensorsOf(index: number): MadeTensor[] {
  const width = 1536 + 128 * (index % 5);
  const parts = [
    'self_attn.q_proj',
    'self_attn.k_proj',
    'self_attn.v_proj',
    'self_attn.o_proj',
    'mlp.gate_proj',
    'mlp.up_proj',
    'mlp.down_proj',
    'input_layernorm',
    'post_attention_layernorm',
  ];
  return Array.from({ length: TENSORS_PER_MODEL }, (_, at) => {
    const part = parts[at % parts.length] ?? '';
    const rows = part.endsWith('norm') ? 1 : width / (part.startsWith('mlp') ? 0.5 : 1);
    return { name: `layers.${Math.floor(at / parts.length)}.${part}.weight`, shape: [rows, width] };
  });
}

const bytesOf = ({ shape: [rows, columns] }: MadeTensor): number => 4 * rows * columns;

function makeSafetensors(folder: string, tensors: readonly MadeTensor[]): void {
  let end = 0;
  const entries = tensors.map((tensor) => {
    end += bytesOf(tensor);
    const place = [end - bytesOf(tensor), end];
    return [`model.${tensor.name}`, { dtype: 'F32', shape: tensor.shape, data_offsets: place }];
  });
  const header = { __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) };
  const start = safetensorsFile(JSON.stringify(header));
  writeSparse(join(folder, 'model.safetensors'), start.length + end, [[0, start]]);
}

function makeGguf(folder: string, tensors: readonly MadeTensor[]): void {
  const tokens = Array.from({ length: TOKENS }, (_, index) => text(`▁token${index}`));
  const scores = tokens.map((_, index) => ({ type: 'f32', value: -index }) as const);
  const spec: GgufSpec = {
    pairs: [
      ['general.architecture', text('llama')],
      ['llama.context_length', u32(8192)],
      ['tokenizer.ggml.tokens', array('string', tokens)],
      ['tokenizer.ggml.scores', array('f32', scores)],
    ],
    tensors: tensors.map(({ name, shape }) => ({
      name: name.replace('layers.', 'blk.'),
      dims: shape.toReversed(),
    })),
  };
  const { header, dataBytes } = ggufParts(spec);
  writeSparse(join(folder, 'model.gguf'), header.length + dataBytes, [[0, header]]);
}

function makePytorch(folder: string, tensors: readonly MadeTensor[]): void {
  const state = tensors.map((tensor, index) => {
    const elements = bytesOf(tensor) / 4;
    const made = { key: `${index}`, elements, shape: tensor.shape };
    return [tensor.name, pickledTensor(made)] as const;
  });
  const name = 'pytorch_model';
  writeSparseZip(join(folder, `${name}.bin`), [
    { name: `${name}/data.pkl`, head: pickle(ordered(Object.fromEntries(state))) },
    { name: `${name}/byteorder`, head: Buffer.from('little') },
    ...tensors.map((tensor, index) => ({
      name: `${name}/data/${index}`,
      head: Buffer.from([index]),
      size: bytesOf(tensor),
    })),
    { name: `${name}/version`, head: Buffer.from('3\n') },
  ]);
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
