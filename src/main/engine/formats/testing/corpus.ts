import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatName } from '../../../../shared/domain';
import { type Section, sectionFormats } from './bad-inputs';
import type { CorpusCase } from './cases';
import { type ExtraCase, extraCases } from './corpus-extra';
import { largeCases } from './corpus-large';
import { ggufCases } from './gguf-cases';
import { npyCases, npzCases } from './numpy-cases';
import { onnxCases } from './onnx-cases';
import { type PickleCase, pickleCases } from './pickle-cases';
import { pytorchCases } from './pytorch-cases';
import { safetensorsCases } from './safetensors-cases';
import { zipCases } from './zip-cases';

/** What must become of a file, by `readHeader`. */
export type Expected =
  | { readonly kind: 'refused'; readonly message: RegExp }
  | { readonly kind: 'valid'; readonly tensors: number }
  | { readonly kind: 'opaque'; readonly reason: RegExp };

/** One file of the corpus of bad inputs. */
export interface CorpusFile {
  /** The reader that it is meant for. */
  readonly format: Exclude<FormatName, 'opaque'>;
  /** Of the list of bad inputs; see bad-inputs.ts. */
  readonly section: Section;
  /** Distinct within its section. */
  readonly name: string;
  /** As the file is called, in a folder of its section. */
  readonly file: string;
  readonly expect: Expected;
  /** Over 4 MB, or slow to make: left out where a test reads many. */
  readonly large: boolean;
  /** Of a small one. */
  readonly bytes?: Uint8Array;
  /** Writes the file and what must lie beside it; returns the file's path. */
  readonly write: (folder: string) => string;
}

/** What ONNX files of the corpus refer to: lies beside each of them. */
const EXTERNAL_DATA = 'data.bin';
const EXTERNAL_BYTES = 4096;

/** Lower-case words of a name, for a file's name. */
function slug(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-+|-+$/g, '').slice(0, 60) || 'case';
}

function small(
  section: Section,
  ending: string,
  cases: readonly CorpusCase[],
  count: (item: CorpusCase) => number,
): Omit<ExtraCase, 'file'>[] {
  return cases.map((item) => {
    const { name, bytes, expect } = item;
    const valid = { kind: 'valid', tensors: expect === 'valid' ? count(item) : 0 } as const;
    const expected: Expected = expect === 'valid' ? valid : { kind: 'refused', message: expect };
    return { section, name, ending, bytes, expect: expected };
  });
}

function safetensorsCount({ bytes }: CorpusCase): number {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8', 8, 8 + Number(buffer.readBigUInt64LE(0)));
  return Object.keys(JSON.parse(text)).filter((name) => name !== '__metadata__').length;
}

function ggufCount({ bytes }: CorpusCase): number {
  const buffer = Buffer.from(bytes);
  const version = buffer.readUInt32LE(4);
  if (version === 1) return buffer.readUInt32LE(8);
  return Number(version > 3 ? buffer.readBigUInt64BE(8) : buffer.readBigUInt64LE(8));
}

/** Valid cases hold one tensor, but for these. */
const otherCounts: Readonly<Record<string, number>> = {
  'an empty graph': 0,
  'fields nobody knows': 0,
  'no members': 0,
  'both methods': 2,
  'no tensors': 0,
  'overlapping views of one storage': 2,
  'names of markup and controls': 2,
  'stream without tensors': 0,
};
const usualCount = ({ name }: { readonly name: string }) => otherCounts[name] ?? 1;

/** Archives as the zip reader sees them; sound ones are no model, whatever they are called. */
function zips(): Omit<ExtraCase, 'file'>[] {
  return zipCases.map(({ name, bytes, expect }) => ({
    section: 'zip',
    name,
    ending: expect === 'valid' ? '.zip' : '.pt',
    bytes,
    expect:
      expect === 'valid'
        ? { kind: 'opaque', reason: /zip archive|No reader/i }
        : { kind: 'refused', message: expect },
  }));
}

function pickles(): Omit<ExtraCase, 'file'>[] {
  const expected = (item: PickleCase): Expected => {
    if (item.expect === 'valid') return { kind: 'valid', tensors: usualCount(item) };
    if (item.expect instanceof RegExp) return { kind: 'refused', message: item.expect };
    return { kind: 'opaque', reason: item.expect.opaque };
  };
  return [...pickleCases, ...pytorchCases].map((item) => ({
    section: 'pickle',
    name: item.name,
    ending: '.pt',
    bytes: item.bytes,
    expect: expected(item),
  }));
}

const allSmall: readonly Omit<ExtraCase, 'file'>[] = [
  ...small('safetensors', '.safetensors', safetensorsCases, safetensorsCount),
  ...small('gguf', '.gguf', ggufCases, ggufCount),
  ...zips(),
  ...pickles(),
  ...small('onnx', '.onnx', onnxCases, usualCount),
  ...small('npy', '.npy', npyCases, usualCount),
  ...small('npz', '.npz', npzCases, usualCount),
  ...extraCases,
];

/** Every file of the corpus, section by section; the same in every run. */
export const corpus: readonly CorpusFile[] = [
  ...allSmall.map(({ section, name, ending, bytes, expect }, index) => {
    const file = `${String(index).padStart(4, '0')}-${slug(name)}${ending}`;
    const write = (folder: string): string => {
      const path = join(folder, file);
      writeFileSync(path, bytes);
      if (section === 'onnx') {
        writeFileSync(join(folder, EXTERNAL_DATA), new Uint8Array(EXTERNAL_BYTES));
      }
      return path;
    };
    return {
      format: sectionFormats[section],
      section,
      name,
      file,
      expect,
      large: false,
      bytes,
      write,
    };
  }),
  ...largeCases.map(({ section, name, ending, expect, make }, index) => {
    const file = `large-${String(index).padStart(2, '0')}-${slug(name)}${ending}`;
    const write = (folder: string): string => {
      const path = join(folder, file);
      make(path);
      return path;
    };
    return { format: sectionFormats[section], section, name, file, expect, large: true, write };
  }),
];
