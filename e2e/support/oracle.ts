/**
 * A second opinion on the numbers that the app shows: what the models below a folder weigh, hold
 * and share, worked out from docs/design.md alone, slowly and with nothing of the engine (SHA-256
 * where the engine has BLAKE3, JSON.parse, whole files in memory). For folders of some 100 MB.
 *
 * It knows safetensors; any other file is one stretch of bytes, as the app has it for files that
 * nobody reads. ONNX is not known: folders with ONNX files are refused.
 */
import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface OracleModel {
  readonly name: string;
  /** Relative to the model's folder, sorted. */
  readonly files: readonly string[];
  readonly tensors: number;
  /** dtype → number of tensors. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly logicalBytes: number;
  readonly uniqueBytes: number;
  readonly exclusiveBytes: number;
  readonly sharedBytes: number;
}

export interface OracleReport {
  /** In natural order of their names. */
  readonly models: readonly OracleModel[];
  readonly totals: {
    readonly models: number;
    readonly files: number;
    readonly tensors: number;
    readonly logicalBytes: number;
    readonly uniqueBytes: number;
  };
}

const modelFile = /\.(safetensors|gguf|pt|pth|ckpt|bin|npz|npy)$/i;

/** Computes everything for the models below `folder`. Throws where it does not know a format. */
export function oracle(folder: string): OracleReport {
  const read = modelsBelow(folder).map(readModel);
  const cuts = oneCutEach(read.flatMap(({ segments }) => segments));
  const found = read.map(({ segments, ...model }) => {
    const pieces = new Map(segments.flatMap(({ id, cut }) => cuts.get(id) ?? cut));
    return { ...model, pieces };
  });
  const users = new Map<string, number>();
  const lengths = new Map<string, number>();
  for (const { pieces } of found) {
    for (const [id, length] of pieces) {
      users.set(id, (users.get(id) ?? 0) + 1);
      lengths.set(id, length);
    }
  }
  const models = found.map(({ pieces, ...model }): OracleModel => {
    const bytes = (keep: (id: string) => boolean) =>
      sum([...pieces].filter(([id]) => keep(id)).map(([, length]) => length));
    return {
      ...model,
      uniqueBytes: bytes(() => true),
      exclusiveBytes: bytes((id) => users.get(id) === 1),
      sharedBytes: bytes((id) => users.get(id) !== 1),
    };
  });
  models.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return {
    models,
    totals: {
      models: models.length,
      files: sum(models.map((model) => model.files.length)),
      tensors: sum(models.map((model) => model.tensors)),
      logicalBytes: sum(models.map((model) => model.logicalBytes)),
      uniqueBytes: sum([...lengths.values()]),
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

interface FoundModel {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
}

/** A folder with a config.json is one model; elsewhere each weights file is one. */
function modelsBelow(folder: string): FoundModel[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries
    .filter(isFile)
    .map((entry) => entry.name)
    .sort();
  if (names.some((name) => /\.onnx$/i.test(name))) throw new Error(`${folder} holds ONNX files`);
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => modelsBelow(path.join(folder, entry.name)));
  if (names.includes('config.json')) {
    return [{ name: path.basename(folder), folder, files: names }, ...below];
  }
  const single = names.filter((name) => modelFile.test(name));
  const alone = single.map((name) => ({
    name: name.replace(modelFile, ''),
    folder,
    files: [name],
  }));
  return [...alone, ...below];
}

const isFile = (entry: Dirent) => entry.isFile() && !entry.name.startsWith('.');

function readModel({ name, folder, files }: FoundModel) {
  const segments: Segment[] = [];
  const dtypes: Record<string, number> = {};
  let tensors = 0;
  for (const file of files) {
    const bytes = readFileSync(path.join(folder, file));
    const ranges = file.endsWith('.safetensors') ? safetensorsRanges(bytes) : [];
    for (const { dtype } of ranges) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    tensors += ranges.length;
    segments.push(...cutFile(bytes, ranges));
  }
  const logicalBytes = sum(files.map((file) => statSync(path.join(folder, file)).size));
  return { name, files, tensors, dtypes, logicalBytes, segments };
}

interface TensorRange {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The tensors of a valid safetensors file, by their place in it. */
function safetensorsRanges(bytes: Buffer): TensorRange[] {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return Object.entries(header)
    .filter(([key]) => key !== '__metadata__')
    .map(
      ([
        ,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => ({
        dtype,
        shape,
        begin: start + begin,
        end: start + end,
      }),
    )
    .sort((a, b) => a.begin - b.begin);
}

/** A tensor or the bytes between two: what names its content, and its pieces' names and lengths. */
interface Segment {
  readonly id: string;
  readonly cut: readonly (readonly [id: string, length: number])[];
}

const nameOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function segmentOf(bytes: Buffer, pieces: readonly Buffer[]): Segment {
  return { id: nameOf(bytes), cut: pieces.map((piece) => [nameOf(piece), piece.length]) };
}

/**
 * Equal segments are one and the same, however their shapes had them cut: the cut with the
 * smallest first length that differs stands for all.
 */
function oneCutEach(segments: readonly Segment[]): Map<string, Segment['cut']> {
  const cuts = new Map<string, Segment['cut']>();
  for (const { id, cut } of segments) {
    const known = cuts.get(id) ?? cut;
    const at = cut.findIndex(([, length], i) => length !== known[i]?.[1]);
    const smaller = at >= 0 && (cut[at]?.[1] ?? 0) < (known[at]?.[1] ?? Number.POSITIVE_INFINITY);
    cuts.set(id, smaller ? cut : known);
  }
  return cuts;
}

/** Tensors by rows, all between them by content. */
function cutFile(bytes: Buffer, ranges: readonly TensorRange[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  const between = (end: number) => {
    const gap = bytes.subarray(at, end);
    if (gap.length > 0) segments.push(segmentOf(gap, cutByContent(gap)));
  };
  for (const { begin, end, shape } of ranges.filter((range) => range.end > range.begin)) {
    between(begin);
    const tensor = bytes.subarray(begin, end);
    segments.push(segmentOf(tensor, cutByRows(tensor, shape)));
    at = end;
  }
  between(bytes.length);
  return segments;
}

const MIB = 1024 * 1024;

/** Up to 1 MiB whole; else as many whole rows as fit in 1 MiB; rows over 1 MiB each on its own. */
function cutByRows(tensor: Buffer, shape: readonly number[]): Buffer[] {
  if (tensor.length <= MIB) return [tensor];
  const rows = shape.find((side) => side > 1) ?? 1;
  const row = Number.isInteger(tensor.length / rows) ? tensor.length / rows : 1;
  if (row <= MIB) return slices(tensor, Math.floor(MIB / row) * row);
  return slices(tensor, row).flatMap((one) => slices(one, MIB));
}

function slices(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** Outputs of splitmix64 from the seed "tessera1", as [high, low] halves. */
const gear = gearTable();

function gearTable(): [number, number][] {
  const mask = (1n << 64n) - 1n;
  let state = 0x7465_7373_6572_6131n;
  return Array.from({ length: 256 }, () => {
    state = (state + 0x9e37_79b9_7f4a_7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & mask;
    z ^= z >> 31n;
    return [Number(z >> 32n), Number(z & 0xffff_ffffn)];
  });
}

const KIB = 1024;

/**
 * Content-defined chunks: after 8 KiB a 64-bit gear hash begins; a chunk ends where its highest 18
 * bits (14 beyond 64 KiB) are zero, or at 128 KiB.
 */
function cutByContent(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  let high = 0;
  let low = 0;
  for (let at = 0; at < bytes.length; at++) {
    const length = at - start + 1;
    if (length <= 8 * KIB) continue;
    const [gearHigh, gearLow] = gear[bytes[at] ?? 0] ?? [0, 0];
    const sumLow = ((low << 1) >>> 0) + gearLow;
    high = (((high << 1) | (low >>> 31)) + gearHigh + (sumLow > 0xffff_ffff ? 1 : 0)) >>> 0;
    low = sumLow >>> 0;
    const bits = length <= 64 * KIB ? 18 : 14;
    if (high >>> (32 - bits) !== 0 && length < 128 * KIB) continue;
    chunks.push(bytes.subarray(start, at + 1));
    start = at + 1;
    high = 0;
    low = 0;
  }
  if (start < bytes.length) chunks.push(bytes.subarray(start));
  return chunks;
}
