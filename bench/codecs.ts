import { join } from 'node:path';
import { chooseEncoding, decodeInPlace } from '../src/main/engine/codecs/choose';
import { delta } from '../src/main/engine/codecs/delta';
import { codecOf } from '../src/main/engine/codecs/index';
import { CODEC_BYTES, codecMemory } from '../src/main/engine/codecs/memory';
import { planes, planesOf, widthOf } from '../src/main/engine/codecs/planes';
import { splitDelta } from '../src/main/engine/codecs/transforms';
import type { Codec, Effort, Tools } from '../src/main/engine/codecs/types';
import { createZstd } from '../src/main/engine/codecs/zstd';
import { createKernelMemory, loadKernels } from '../src/main/engine/kernels/kernels';
import { type Corpus, madeCorpora, type Piece, realCorpora } from './codecs-corpora';
import {
  type BenchOptions,
  type Contender,
  interleave,
  type Measured,
  table,
  throughputTable,
  writeResult,
} from './harness';

const efforts: readonly Effort[] = ['fast', 'balanced', 'max'];

/**
 * Stored by raw bytes of each corpus, at each effort, beside what XOR or the difference of ordered
 * integers, byte planes and zstd make of the same bytes; then the codecs' speeds on one thread.
 * Ratios count a codec's data, not a record's header.
 */
export async function codecs(options: BenchOptions): Promise<void> {
  const file = join(import.meta.dirname, 'kernels.wasm');
  const kernels = loadKernels(createKernelMemory(CODEC_BYTES), file);
  const tools: Tools = { kernels, zstd: createZstd() };
  const made = madeCorpora(kernels);
  const all = [...made, ...realCorpora(options.root)];
  const ratios = all.map((corpus) => ratiosOf(corpus, tools));
  console.log(table([head, ...ratios.map(row)]));
  const speeds: Record<string, readonly Measured[]> = {};
  for (const name of ['BF16 fine-tune, 0.01', 'F32 fine-tune, 0.01', 'Q8_0 of a fine-tune, 0.01']) {
    const corpus = made.find((each) => each.name === name);
    if (corpus === undefined) continue;
    const measured = await interleave(speedContenders(corpus, tools), options.rounds);
    console.log(`\n${throughputTable(measured, corpus.bytes)}`);
    speeds[name] = measured;
  }
  const max = await interleave(slowContenders(made.slice(0, 5), tools), 1);
  console.log(`\n${throughputTable(max, SLOW_BYTES)}`);
  console.log(`\nwritten: ${writeResult(options.root, 'codecs', { ratios, speeds, max })}`);
}

interface Ratios {
  readonly name: string;
  readonly bytes: number;
  readonly fragments: number;
  /** Stored by raw. */
  readonly efforts: readonly number[];
  readonly xor: number;
  readonly ordered: number;
  readonly zstd3: number;
  /** Names of the codecs that `balanced` chose, most fragments first. */
  readonly chosen: string;
}

const head = [
  '',
  'MB',
  ...efforts,
  'XOR, planes, zstd',
  'ordered difference, planes, zstd',
  'zstd -3',
  'chosen at balanced',
];

function row(ratios: Ratios): string[] {
  const { name, bytes, xor, ordered, zstd3, chosen } = ratios;
  const figures = [...ratios.efforts, xor, ordered, zstd3].map((ratio) => ratio.toFixed(4));
  return [name, (bytes / 1e6).toFixed(2), ...figures, chosen];
}

function ratiosOf({ name, pieces, bytes }: Corpus, tools: Tools): Ratios {
  const share = (weigh: (piece: Piece) => number): number =>
    pieces.reduce((sum, piece) => sum + Math.min(piece.content.bytes.length, weigh(piece)), 0) /
    bytes;
  const chosen = new Map<string, number>();
  const stored = efforts.map((effort) =>
    share(({ content, base }) => {
      const { codec, data } = chooseEncoding(content, base ? [base] : [], effort, tools);
      const used = codecOf(codec)?.name ?? `${codec}`;
      if (effort === 'balanced') chosen.set(used, (chosen.get(used) ?? 0) + 1);
      return data.length;
    }),
  );
  return {
    name,
    bytes,
    fragments: pieces.length,
    efforts: stored,
    xor: share((piece) => peer(piece, 'xor', tools)),
    ordered: share((piece) => peer(piece, 'ordered', tools)),
    zstd3: share(({ content }) => tools.zstd.compress(content.bytes, 3).length),
    chosen: [...chosen]
      .sort(([, a], [, b]) => b - a)
      .map(([used, count]) => `${used} ${count}`)
      .join(', '),
  };
}

/**
 * Byte planes of a fragment's XOR with its base (ZipLLM's BitX, TensorDex), or of the difference of
 * ordered integers (FM-Delta's transform), each plane the smallest of zstd -3, zstd -1 as our own
 * planes have it, and the plane itself; without a base, planes of the elements as they are.
 */
function peer({ content, base }: Piece, how: 'xor' | 'ordered', { kernels, zstd }: Tools): number {
  const { bytes, kind } = content;
  const memory = codecMemory(kernels);
  const [element, area] = [
    memory.content.subarray(0, bytes.length),
    memory.planes.subarray(0, bytes.length),
  ];
  element.set(bytes);
  const from = memory.base.subarray(0, bytes.length);
  from.fill(0);
  if (base !== undefined) from.set(base.bytes);
  const width = widthOf(kind, bytes.length) ?? 1;
  const { exports } = kernels;
  if (
    how === 'ordered' &&
    base !== undefined &&
    widthOf(kind, bytes.length) &&
    kind !== undefined
  ) {
    const difference = { kind, base: from, sorted: false, workspace: memory.scratch };
    splitDelta(kernels, difference, element, area);
  } else {
    exports.xorBytes(element.byteOffset, from.byteOffset, bytes.length, element.byteOffset);
    exports.splitPlanes(width, 0, element.byteOffset, bytes.length / width, area.byteOffset);
  }
  return planesOf(area, width).reduce(
    (sum, plane) =>
      sum +
      Math.min(
        plane.length,
        zstd.compress(plane, 3).length,
        zstd.compress(plane, 1, 'plane').length,
      ),
    0,
  );
}

function speedContenders({ name, pieces }: Corpus, tools: Tools): Contender[] {
  const codecsOf: readonly Codec[] = name.startsWith('Q') ? [planes] : [planes, delta];
  const single = codecsOf.flatMap((codec) => {
    const encoded = pieces.map(({ content, base }) => ({
      content,
      bases: base ? [base] : [],
      data: codec.encode(content, base ? [base] : [], Number.POSITIVE_INFINITY, 'balanced', tools),
    }));
    return [
      timed(`${name}: ${codec.name} encode`, () => {
        for (const { content, bases } of encoded) {
          codec.encode(content, bases, Number.POSITIVE_INFINITY, 'balanced', tools);
        }
      }),
      timed(`${name}: ${codec.name} decode`, () => {
        for (const { content, bases, data } of encoded) {
          if (data === undefined) throw new Error('expected data');
          codec.decode(data, content.bytes.length, content.kind, bases, tools);
        }
      }),
    ];
  });
  const choosing = (['fast', 'balanced'] as const).map((effort) =>
    timed(`${name}: choose and encode, ${effort}`, () => choose(pieces, effort, tools)),
  );
  const verified = timed(`${name}: choose, encode and verify, balanced`, () =>
    verify(pieces, tools),
  );
  return [...single, ...choosing, verified];
}

/** Bytes of each run of the slow effort: one fragment of each of some corpora. */
const SLOW_BYTES = 5 * 1_048_576;

function slowContenders(corpora: readonly Corpus[], tools: Tools): Contender[] {
  const pieces = corpora.flatMap(({ pieces: all }) => all.slice(0, 1));
  return [
    timed('BF16 of five corpora: choose and encode, max', () => choose(pieces, 'max', tools)),
  ];
}

function choose(pieces: readonly Piece[], effort: Effort, tools: Tools): void {
  for (const { content, base } of pieces) {
    chooseEncoding(content, base ? [base] : [], effort, tools);
  }
}

function verify(pieces: readonly Piece[], tools: Tools): void {
  for (const { content, base } of pieces) {
    const { bytes, kind } = content;
    const bases = base ? [base] : [];
    const encoded = chooseEncoding(content, bases, 'balanced', tools);
    const decoded = decodeInPlace(encoded, bytes.length, kind, bases, tools);
    if (Buffer.compare(decoded, bytes) !== 0) throw new Error('expected the fragment');
  }
}

function timed(name: string, work: () => void): Contender {
  return {
    name,
    run: () => {
      const start = performance.now();
      work();
      return { seconds: (performance.now() - start) / 1000 };
    },
  };
}
