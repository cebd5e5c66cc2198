import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oracle } from '../../e2e/support/oracle';
import { run } from './run';
import type { ScanReport } from './scan';

let folder = '';
let family = '';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function tessera(
  args: readonly string[],
  options: { signal?: AbortSignal; progress?: boolean } = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progress: options.progress ?? false,
    columns: 80,
    env: { XDG_DATA_HOME: path.join(folder, 'xdg'), LOCALAPPDATA: path.join(folder, 'xdg') },
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}

async function scanJson(...args: string[]): Promise<ScanReport> {
  const { code, out } = await tessera(['scan', '--json', '--no-cache', ...args]);
  expect(code).toBe(0);
  return JSON.parse(out) as ScanReport;
}

async function flip(file: string, offset: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.from([0x5a]), 0, 1, offset);
  await handle.close();
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-cli-'));
  family = path.join(folder, 'family');
  expect(await tessera(['samples', family, '--size', '20MB'])).toMatchObject({ code: 0, err: '' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('tessera samples', () => {
  it('writes the same family for the same seed and size, and another for another', async () => {
    const digest = async (name: string, ...args: string[]) => {
      const root = path.join(folder, name);
      const { code, out } = await tessera(['samples', root, '--size', '1MB', ...args]);
      expect(code).toBe(0);
      expect(out).toContain(root);
      return readFile(path.join(root, 'nova-code.safetensors'), 'hex');
    };
    const first = await digest('one', '--seed', '4');
    expect(await digest('two', '--seed', '4')).toBe(first);
    expect(await digest('three', '--seed', '5')).not.toBe(first);
  });

  it('leaves a foreign file alone and says so with exit code 3', async () => {
    const root = path.join(folder, 'foreign');
    await mkdir(root);
    await writeFile(path.join(root, 'nova-code.safetensors'), 'mine');
    const { code, out, err } = await tessera(['samples', root, '--size', '1MB']);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('not written by the sample generator');
    expect(await readdir(root)).toEqual(['nova-code.safetensors']);
  });

  it.each(['0', '-1', '4XB', 'much', '1e9', '99TB'])(
    'refuses the size %s with exit code 2',
    async (size) => {
      const { code, out, err } = await tessera([
        'samples',
        path.join(folder, 'no'),
        `--size=${size}`,
      ]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).not.toBe('');
    },
  );
});

describe('tessera scan', () => {
  it('prints what an independent recomputation finds', async () => {
    const report = await scanJson(family);
    const expected = oracle(family);
    expect(report.models.map(({ id: _, format: __, ...model }) => model)).toEqual(
      expected.models.map(({ uniqueBytes: _, ...model }) => model),
    );
    expect(report.totals).toEqual(expected.totals);
    expect(report.problems).toEqual([]);
    expect(Object.keys(report)).toEqual(['models', 'totals', 'problems']);
    expect(Object.keys(report.models[0] ?? {})).toEqual([
      'id',
      'name',
      'format',
      'files',
      'logicalBytes',
      'tensors',
      'dtypes',
      'exclusiveBytes',
      'sharedBytes',
    ]);
    const copy = report.models.find(({ name }) => name === 'nova-original');
    expect((copy?.sharedBytes ?? 0) / (copy?.logicalBytes ?? 1)).toBeGreaterThan(0.99);
  });

  it('prints what the recomputation finds for large rows and opaque files, too', async () => {
    const root = path.join(folder, 'cut');
    await mkdir(root);
    const noise = (length: number, seed: number) => {
      let state = seed;
      return Buffer.from(
        Uint8Array.from({ length }, () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return state >>> 24;
        }),
      );
    };
    const tensors = (entries: [string, number[], Buffer][]) => {
      let at = 0;
      const header = Object.fromEntries(
        entries.map(([name, shape, bytes]) => {
          at += bytes.length;
          return [name, { dtype: 'U8', shape, data_offsets: [at - bytes.length, at] }];
        }),
      );
      const json = Buffer.from(JSON.stringify(header).padEnd(4096));
      const prefix = Buffer.alloc(8);
      prefix.writeBigUInt64LE(4096n);
      return Buffer.concat([prefix, json, ...entries.map(([, , bytes]) => bytes)]);
    };
    const rows = noise(3 * 1_500_000, 1);
    const wide = noise(700 * 3001, 2);
    await writeFile(
      path.join(root, 'a.safetensors'),
      tensors([
        ['experts', [3, 1_500_000], rows],
        ['wide', [700, 3001], wide],
        ['none', [0, 4], Buffer.alloc(0)],
      ]),
    );
    await writeFile(
      path.join(root, 'b.safetensors'),
      tensors([
        ['one', [1_500_000], rows.subarray(1_500_000, 3_000_000)],
        ['two', [1, 700, 3001], wide],
        ['flat', [700 * 3001], wide],
      ]),
    );
    const opaque = noise(2_000_000, 3);
    await writeFile(path.join(root, 'c.bin'), opaque);
    await writeFile(path.join(root, 'd.bin'), Buffer.concat([Buffer.from('shifted'), opaque]));
    const report = await scanJson(root);
    const expected = oracle(root);
    expect(report.totals).toEqual(expected.totals);
    for (const [at, model] of expected.models.entries()) {
      const { name, exclusiveBytes, sharedBytes } = report.models[at] ?? {};
      expect({ name, exclusiveBytes, sharedBytes }).toEqual({
        name: model.name,
        exclusiveBytes: model.exclusiveBytes,
        sharedBytes: model.sharedBytes,
      });
    }
    expect(expected.models.find(({ name }) => name === 'd')?.sharedBytes).toBeGreaterThan(
      1_500_000,
    );
  });

  it('prints an aligned table with sharing and totals', async () => {
    const { code, out, err } = await tessera(['scan', family, '--no-cache']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^Model +Format +Files +Tensors +Size +Exclusive +Shared$/);
    const base = lines.find((line) => line.startsWith('nova-base '));
    expect(base).toMatch(/safetensors +6 +\d+ +[\d.]+ MB +[\d.]+ kB +[\d.]+ MB +(>99|9\d)%$/);
    expect(out).toMatch(/8 models, 16 files, \d+ tensors, 19\.\d MB\.\n/);
    expect(out).toContain('exact sharing would save');
  });

  it('keeps fingerprints in the folder that it is told, and finds them again', async () => {
    const data = path.join(folder, 'data');
    const args = ['scan', family, '--json', '--data', data];
    const first = await tessera(args);
    expect(existsSync(data)).toBe(true);
    const second = await tessera([...args.slice(0, 2), '--data', data, '--json'], {
      progress: true,
    });
    expect(second.out).toBe(first.out);
    expect(second.err).not.toContain('Fingerprinting');
    await tessera(['scan', family]);
    const place = path.join(folder, 'xdg', process.platform === 'win32' ? 'Tessera' : 'tessera');
    if (process.platform !== 'darwin') expect(existsSync(place)).toBe(true);
  });

  it('lists what cannot be read as a problem, and the rest as models', async () => {
    const root = path.join(folder, 'partly');
    await mkdir(root);
    await cp(path.join(family, 'nova-code.safetensors'), path.join(root, 'good.safetensors'));
    await writeFile(path.join(root, 'bad\u001b[31m\u202e.safetensors'), Buffer.alloc(64, 0xff));
    const report = await scanJson(root);
    expect(report.problems).toHaveLength(1);
    expect(report.problems[0]?.file).toContain('bad\u001b[31m\u202e.safetensors');
    const { code, out } = await tessera(['scan', root, '--no-cache']);
    expect(code).toBe(0);
    expect(out).toContain('1 problem:');
    expect(out).toContain('bad.safetensors');
    for (const mark of ['\u001b', '\u202e']) expect(out).not.toContain(mark);
  });

  it('shows progress on a terminal, and leaves no trace of it', async () => {
    const { err } = await tessera(['scan', family, '--no-cache'], { progress: true });
    expect(err).toContain('\r\u001b[2K');
    expect(err).toMatch(/Reading family|Fingerprinting 16 files/);
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('ends with exit code 3 where a path is missing', async () => {
    const { code, out, err } = await tessera(['scan', family, path.join(folder, 'nowhere')]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/cannot read .*nowhere: there is no such file or folder/);
  });

  it('stops when interrupted, with exit code 130 and no output', async () => {
    const control = new AbortController();
    const running = tessera(['scan', family, '--no-cache'], { signal: control.signal });
    control.abort();
    expect(await running).toEqual({ code: 130, out: '', err: 'Interrupted.\n' });
  });
});

describe('tessera manifest', () => {
  it('exports the same bytes each time, and verify finds no difference', async () => {
    const files = ['m1.json', 'm2.json'].map((name) => path.join(folder, name));
    const model = path.join(family, 'nova-base');
    for (const file of files) {
      expect(await tessera(['manifest', 'export', model, '-o', file, '--no-cache'])).toMatchObject({
        code: 0,
        out: '',
      });
    }
    const [first = '', second = ''] = files;
    expect(await readFile(first, 'utf8')).toBe(await readFile(second, 'utf8'));
    const { code, out } = await tessera(['manifest', 'verify', first, '--against', model]);
    expect(code).toBe(0);
    expect(out).toMatch(/^6 files, .*every byte is as the manifest says\.\n$/);
  });

  it('prints to standard output when told, for the model that is named', async () => {
    const args = ['manifest', 'export', family, '-o', '-', '--no-cache', '--model'];
    const { code, out } = await tessera([...args, 'quasar-base']);
    expect(code).toBe(0);
    const manifest = JSON.parse(out) as { model: { name: string }; totals: { tensors: number } };
    const model = oracle(family).models.find(({ name }) => name === 'quasar-base');
    expect(manifest.model.name).toBe('quasar-base');
    expect(manifest.totals.tensors).toBe(model?.tensors);
    expect((manifest.totals as { uniqueBytes?: number }).uniqueBytes).toBe(model?.uniqueBytes);
  });

  it('asks which model when there are several, with exit code 2', async () => {
    const file = path.join(folder, 'm3.json');
    const { code, err } = await tessera(['manifest', 'export', family, '-o', file, '--no-cache']);
    expect(code).toBe(2);
    expect(err).toMatch(/--model ID:\n {2}[0-9a-f]{16} {2}nova-base\n/);
    expect(existsSync(file)).toBe(false);
  });

  it('never replaces a file that is no manifest', async () => {
    const target = path.join(folder, 'notes.txt');
    await writeFile(target, 'notes');
    const args = ['manifest', 'export', path.join(family, 'nova-base'), '-o', target];
    expect(await tessera(args)).toMatchObject({ code: 2, out: '' });
    expect(await readFile(target, 'utf8')).toBe('notes');
  });

  it('finds damage with exit code 1 and names the place', async () => {
    const model = path.join(folder, 'damaged');
    const file = path.join(folder, 'damaged.json');
    await cp(path.join(family, 'nova-instruct'), model, { recursive: true });
    await tessera(['manifest', 'export', model, '-o', file, '--no-cache']);
    await flip(path.join(model, 'model.safetensors'), 100_000);
    await appendFile(path.join(model, 'config.json'), ' ');
    const { code, out } = await tessera(['manifest', 'verify', file, '--against', model]);
    expect(code).toBe(1);
    expect(out).toMatch(/^config\.json: expected \d+ bytes, found \d+ bytes\n/);
    expect(out).toMatch(/model\.safetensors at byte \d+: expected tensor [0-9a-f]{64} .*, found /);
    const json = await tessera(['manifest', 'verify', file, '--against', model, '--json']);
    expect(json.code).toBe(1);
    expect((JSON.parse(json.out) as { findings: unknown[] }).findings.length).toBeGreaterThan(3);
  });

  it('ends with exit code 3 where manifest or folder cannot be read', async () => {
    const file = path.join(folder, 'm1.json');
    const notes = path.join(folder, 'notes.txt');
    const cases = [
      [path.join(folder, 'missing.json'), family],
      [file, path.join(folder, 'missing')],
      [file, file],
      [notes, family],
    ];
    for (const [manifest = '', against = ''] of cases) {
      const { code, out, err } = await tessera([
        'manifest',
        'verify',
        manifest,
        '--against',
        against,
      ]);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toMatch(/^tessera: .+\.\n/);
    }
  });
});

describe('wrong usage', () => {
  it.each([
    [[]],
    [['scan']],
    [['skan', '.']],
    [['scan', '.', '--yaml']],
    [['manifest']],
    [['manifest', 'export', '.']],
    [['manifest', 'verify', 'x.json']],
    [['samples']],
  ])('ends with exit code 2 and prints to stderr alone: %j', async (args) => {
    const { code, out, err } = await tessera(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('is not what asking for help is', async () => {
    const { code, out, err } = await tessera(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exit codes');
  });
});

const shared = path.resolve(import.meta.dirname, '../../../shared/data');

/** How a listed file must be read; the list names container formats in its own words. */
const readAs: Readonly<Record<string, string>> = {
  'torch-zip': 'pytorch',
  'torch-legacy-pickle': 'pytorch',
  'torchscript-zip': 'pytorch',
  npz: 'numpy',
  'gguf-v1/proto (4747554601000000)': 'gguf',
  // A prototype from before the format, with its mark reversed.
  'gguf-v1/proto (4655474701000000)': 'opaque',
};

describe.skipIf(!existsSync(shared))('a collection of real files', () => {
  it('is read with the formats, tensor counts and dtypes that its list states', async () => {
    const list = JSON.parse(await readFile(path.join(shared, 'MANIFEST.json'), 'utf8')) as {
      file: string;
      format: string;
      size: number;
      tensors: number;
      dtypes: Record<string, number>;
    }[];
    const entry = path.resolve(import.meta.dirname, '../../out/main/cli.js');
    const args = [entry, 'scan', '--json', '--no-cache', shared];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const report = JSON.parse(stdout) as ScanReport;
    const found = report.models.map(({ files, format, tensors, dtypes, logicalBytes }) => ({
      ...{ files, format, tensors, logicalBytes },
      dtypes: Object.entries(dtypes).sort(),
    }));
    const stated = list.map(({ file, format, tensors, dtypes, size }) => ({
      files: [path.posix.basename(file)],
      format: readAs[format] ?? format,
      tensors,
      logicalBytes: size,
      dtypes: Object.entries(dtypes).sort(),
    }));
    const byName = (a: { files: readonly string[] }, b: { files: readonly string[] }) =>
      String(a.files) < String(b.files) ? -1 : 1;
    expect(found.sort(byName)).toEqual(stated.sort(byName));
    expect(list).toHaveLength(77);
    expect(report.totals.logicalBytes).toBe(list.reduce((sum, { size }) => sum + size, 0));
    expect(report.problems).toEqual([]);
  });
});
