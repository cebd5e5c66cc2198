import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryByteSource } from '../../io/byte-source';
import { FormatError } from '../errors';
import { type ReadHeader, readHeaderFrom } from '../index';
import type { Section } from './bad-inputs';
import { corpus } from './corpus';
import { faultsOf } from './faults';
import { npyFile, npzFile } from './numpy-file';
import { list, pickle } from './pickle-file';
import { archive, legacyTensor, stream } from './pytorch-file';
import { mutantOf } from './random';
import { checkpoint, formatSamples } from './samples';

/** Kinds of files that are mutated: a container format each. */
export const fuzzTargets = ['safetensors', 'gguf', 'zip', 'stream', 'onnx', 'npy', 'npz'] as const;
export type FuzzTarget = (typeof fuzzTargets)[number];

/** A valid file, and where changes fall on it. */
export interface FuzzSample {
  readonly file: string;
  readonly bytes: Buffer;
  /**
   * Makes the file around the changed bytes, with checksums that are right: without it a change
   * inside a zip's member would seldom get past its checksum.
   */
  readonly wrap?: (bytes: Buffer) => Buffer;
}

/** Larger samples would spend the time on copying. */
const MAX_SAMPLE_BYTES = 32_768;

const sections: Readonly<Record<FuzzTarget, Section | undefined>> = {
  safetensors: 'safetensors',
  gguf: 'gguf',
  zip: 'pickle',
  stream: 'pickle',
  onnx: 'onnx',
  npy: 'npy',
  npz: 'npz',
};
const labels: Readonly<Record<FuzzTarget, string>> = {
  safetensors: 'safetensors',
  gguf: 'GGUF',
  zip: 'PyTorch archive',
  stream: 'PyTorch stream',
  onnx: 'ONNX',
  npy: 'npy',
  npz: 'npz',
};

const value = pickle(checkpoint);
const script = (data: Buffer) =>
  archive(data, { members: [{ name: 'archive/constants.pkl', data: pickle(list()) }] });
const array = npyFile({ descr: "'<f2'", shape: '(3, 5)', data: Buffer.alloc(30, 9) });

const wrapped: Readonly<Record<FuzzTarget, readonly FuzzSample[]>> = {
  safetensors: [],
  gguf: [],
  zip: [
    { file: 'pickle.pt', bytes: value, wrap: (bytes) => archive(bytes) },
    { file: 'deflated.pt', bytes: value, wrap: (bytes) => archive(bytes, { deflate: true }) },
    { file: 'script.pt', bytes: value, wrap: script },
  ],
  stream: [
    {
      file: 'object.pth',
      bytes: pickle(list(legacyTensor(), legacyTensor({ shape: [2], offset: 1 }))),
      wrap: (bytes) => stream(bytes),
    },
  ],
  onnx: [],
  npy: [],
  npz: [false, true].map((deflated) => ({
    file: deflated ? 'deflated.npz' : 'stored.npz',
    bytes: array,
    wrap: (content: Buffer) => npzFile([{ name: 'w.npy', content, deflated }]),
  })),
};

const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** Every valid sample of a kind: the corpus's, the suite's, and those with a wrapper. */
export function fuzzSamples(target: FuzzTarget): readonly FuzzSample[] {
  const own = corpus
    .filter(({ section, expect }) => section === sections[target] && expect.kind === 'valid')
    .flatMap(({ file, bytes }) =>
      bytes === undefined ? [] : [{ file, bytes: Buffer.from(bytes) }],
    )
    .filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_SAMPLE_BYTES)
    .filter(({ bytes }) => sections[target] !== 'pickle' || isZip(bytes) === (target === 'zip'));
  const suite = formatSamples.filter(({ label }) => label === labels[target]);
  const rich = [...suite.flatMap(({ small }) => small), ...wrapped[target]];
  // As many turns for the samples that hold much as for the many that hold little.
  const turns = Math.max(1, Math.floor(own.length / Math.max(1, rich.length)));
  return [...own, ...Array.from({ length: turns }, () => rich).flat()];
}

/** The file that mutant number `index` of a run is. */
export function fuzzFile(samples: readonly FuzzSample[], seed: number, index: number) {
  const sample = samples[index % samples.length];
  if (sample === undefined) throw new RangeError('no samples');
  const changed = mutantOf(sample.bytes, (seed * 1_000_003 + index) >>> 0);
  return { file: sample.file, bytes: sample.wrap?.(changed) ?? changed };
}

export type Verdict = 'refused' | 'accepted' | 'opaque';

/** Puts what ONNX samples refer to into a folder for `judge`. */
export function prepareFuzzFolder(folder: string): void {
  writeFileSync(join(folder, 'data.bin'), new Uint8Array(4096));
}

/** What becomes of a mutant. Throws for whatever must not happen: a fault of the reader. */
export function judge(folder: string, file: string, bytes: Buffer): Verdict {
  let header: ReadHeader;
  try {
    header = readHeaderFrom(memoryByteSource(join(folder, file), bytes));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const isInside = error.offset >= 0 && error.offset <= Math.max(bytes.length, 8);
    if (!isInside) throw new Error(`refused at byte ${error.offset} of ${bytes.length}`);
    return 'refused';
  }
  const faults = faultsOf(header, bytes.length);
  for (const { fileIndex, offset, byteLength } of header.tensors) {
    if (fileIndex === 0) continue;
    const external = join(folder, header.externals[fileIndex - 1] ?? '');
    if (offset + byteLength > statSync(external).size) faults.push('past an external file');
  }
  if (faults.length > 0) throw new Error(faults[0]);
  return header.format === 'opaque' ? 'opaque' : 'accepted';
}
