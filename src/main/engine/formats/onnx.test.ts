import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { readHeader } from './index';
import { onnxReader } from './onnx';
import { onnxTypes } from './onnx-types';
import type { FileHeader } from './reader';
import { scratchFolder } from './testing/cases';
import { onnxCases } from './testing/onnx-cases';
import {
  attribute,
  bytes,
  external,
  graph,
  initializer,
  model,
  modelOf,
  node,
  number,
  tensor,
  varint,
} from './testing/onnx-file';
import { mutants } from './testing/random';

const scratch = scratchFolder('onnx');
afterAll(scratch.remove);
scratch.write('data.bin', new Uint8Array(4096));
const casePath = join(scratch.folder, 'case.onnx');

function read(content: Uint8Array): FileHeader {
  const header = onnxReader.read(memoryByteSource(casePath, content));
  if (header === undefined) throw new Error('not recognised');
  return header;
}

function attempt(content: Uint8Array): FileHeader | FormatError {
  try {
    return read(content);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

/** Inline tensors lie inside the file and do not overlap. */
function expectApart(header: FileHeader, size: number): void {
  const inline = header.tensors.filter(({ fileIndex }) => fileIndex === 0);
  let end = 0;
  for (const { offset, byteLength } of inline.toSorted((a, b) => a.offset - b.offset)) {
    if (byteLength === 0) continue;
    expect(offset).toBeGreaterThanOrEqual(end);
    end = offset + byteLength;
  }
  expect(end).toBeLessThanOrEqual(size);
}

const eight = new Uint8Array(8);

describe('the corpus of bad ONNX files', () => {
  for (const { name, bytes: content, expect: expected } of onnxCases) {
    it(`${expected === 'valid' ? 'accepts' : 'refuses'}: ${name}`, () => {
      const outcome = attempt(content);
      if (expected === 'valid') {
        if (outcome instanceof FormatError) throw outcome;
        expectApart(outcome, content.length);
        expect(readHeader(scratch.write('case.onnx', content))).toEqual(outcome);
        return;
      }
      if (!(outcome instanceof FormatError)) throw new Error('it was accepted');
      expect(outcome.message).toMatch(expected);
      expect(outcome.file).toBe(casePath);
      expect(outcome.offset).toBeGreaterThanOrEqual(0);
      expect(outcome.offset).toBeLessThanOrEqual(content.length);
    });
  }
});

describe('tensor data', () => {
  it('is located exactly, whatever field holds it', () => {
    const data = Buffer.from('datadata');
    const raw = modelOf(tensor({ raw: data }));
    const packed = modelOf(tensor({ more: bytes(4, data) }));
    const doubles = modelOf(tensor({ type: 11, dims: [1], more: bytes(10, data) }));
    for (const file of [raw, packed, doubles]) {
      const [entry] = read(file).tensors;
      expect(entry).toMatchObject({ encoding: 'raw', byteLength: 8 });
      expect(file.subarray(entry?.offset, (entry?.offset ?? 0) + 8).toString()).toBe('datadata');
    }
  });

  it('is marked as encoded where it is not the elements themselves', () => {
    const [packed] = read(
      modelOf(tensor({ type: 7, more: bytes(7, Buffer.of(1, 0xff, 0x01)) })),
    ).tensors;
    expect(packed).toMatchObject({ encoding: 'encoded', byteLength: 3, dtype: 'I64', shape: [2] });
    const twice = Buffer.concat([bytes(4, new Uint8Array(4)), bytes(4, new Uint8Array(4))]);
    const [parts] = read(modelOf(tensor({ more: twice }))).tensors;
    expect(parts).toMatchObject({ encoding: 'encoded', byteLength: 10 });
  });

  it('of every data type has the size that its elements make', () => {
    for (const [type, { dtype, bits }] of onnxTypes) {
      if (bits === 0) continue;
      const raw = new Uint8Array(bits);
      expect(read(modelOf(tensor({ type, dims: [2, 4], raw }))).tensors[0]).toMatchObject({
        dtype,
        byteLength: bits,
        encoding: 'raw',
      });
    }
  });

  it('in another file is located there, and the file named once', () => {
    const one = tensor({ name: 'a', more: external({ location: 'data.bin', offset: '16' }) });
    const two = tensor({ name: 'b', more: external({ location: './data.bin', offset: '24' }) });
    const header = read(modelOf(one, two));
    expect(header.externals).toEqual(['data.bin']);
    expect(header.tensors.map(({ fileIndex, offset }) => [fileIndex, offset])).toEqual([
      [1, 16],
      [1, 24],
    ]);
  });
});

describe('names', () => {
  const constant = (output: string) =>
    bytes(1, node('Constant', output, attribute('value', 5, tensor({ name: '', raw: eight }))));

  it('of tensors in Constant nodes are the values that they make', () => {
    expect(read(model(graph(constant('/c/out')))).tensors[0]?.name).toBe('/c/out');
  });

  it('that subgraphs share are told apart by the path of the subgraph', () => {
    const inner = graph(initializer(tensor({ raw: eight })), constant('k'));
    const branches = [attribute('then_branch', 6, inner), attribute('else_branch', 6, inner)];
    const outer = graph(
      initializer(tensor({ raw: eight })),
      bytes(1, node('If', 'y', ...branches)),
    );
    expect(read(model(outer)).tensors.map(({ name }) => name)).toEqual([
      'w',
      'y_node/then_branch/w',
      'y_node/then_branch/k',
      'y_node/else_branch/w',
      'y_node/else_branch/k',
    ]);
  });

  it('longer than the window of bytes that is read at once are whole', () => {
    const name = 'n'.repeat(5000);
    expect(read(modelOf(tensor({ name, raw: eight }))).tensors[0]?.name).toBe(name);
  });

  it('stay unique even where the path is the same', () => {
    const functions = [1, 2].map(() =>
      bytes(
        25,
        Buffer.concat([
          bytes(1, 'f'),
          bytes(7, node('Constant', 'k', attribute('value', 5, tensor({ raw: eight })))),
        ]),
      ),
    );
    const names = read(model(graph(), ...functions)).tensors.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });

  it('of a sparse initializer are those of its values, with its indices beside', () => {
    const indices = tensor({ name: '', type: 7, dims: [2], raw: new Uint8Array(16) });
    const sparse = Buffer.concat([
      bytes(2, indices),
      bytes(1, tensor({ name: 's', raw: eight })),
      number(3, 9),
    ]);
    expect(read(model(graph(bytes(15, sparse)))).tensors.map(({ name }) => name)).toEqual([
      's',
      's.indices',
    ]);
  });
});

describe('metadata', () => {
  it('tells producer, versions, properties and the graph’s counts', () => {
    const property = bytes(14, Buffer.concat([bytes(1, '__proto__'), bytes(2, 'v')]));
    const nodes = [
      bytes(1, node('Relu', 'y')),
      bytes(11, 'in'),
      bytes(12, 'out'),
      bytes(12, 'out2'),
    ];
    const header = read(model(graph(...nodes), property, bytes(6, 'doc')));
    expect(header.version).toBe('8');
    expect(header.metadata).toMatchObject({
      ir_version: 8,
      producer_name: 'tests',
      doc_string: 'doc',
      opset_import: { 'ai.onnx': 17 },
      graph_name: 'graph',
      inputs: 1,
      outputs: 2,
      nodes: 1,
    });
    expect(Object.entries(header.metadata.metadata_props ?? {})).toEqual([['__proto__', 'v']]);
  });
});

describe('reading a large file', () => {
  it('of 4 GiB jumps over its tensors', () => {
    const path = join(scratch.folder, 'large.onnx');
    const size = 1_073_741_824;
    const head = Buffer.concat([
      number(1, size / 4),
      number(2, 1),
      bytes(8, 'big'),
      varint(9 * 8 + 2),
      varint(size),
    ]);
    const tensorLength = head.length + size;
    const field = Buffer.concat([varint(5 * 8 + 2), varint(tensorLength)]);
    const names = ['0', '1', '2', '3'].map((digit) =>
      Buffer.from(head.toString('latin1').replace('big', `bi${digit}`), 'latin1'),
    );
    const graphLength = 4 * (field.length + tensorLength);
    const start = Buffer.concat([number(1, 8), varint(7 * 8 + 2), varint(graphLength)]);
    const descriptor = openSync(path, 'w');
    let at = writeSync(descriptor, start);
    for (const name of names) {
      writeSync(descriptor, Buffer.concat([field, name]), 0, undefined, at);
      at += field.length + tensorLength;
    }
    ftruncateSync(descriptor, at);
    closeSync(descriptor);
    const source = openByteSource(path);
    try {
      const header = onnxReader.read(source);
      expect(header?.tensors.map(({ byteLength }) => byteLength)).toEqual([size, size, size, size]);
      expect(source.bytesRead).toBeLessThan(10_000);
    } finally {
      source.close();
    }
  });
});

describe('recognition', () => {
  it('needs no extension when every field is a model’s', () => {
    const file = modelOf(tensor({ raw: eight }));
    expect(onnxReader.read(memoryByteSource('blob', file))?.tensors).toHaveLength(1);
  });

  it('leaves other files alone', () => {
    const others = [
      Buffer.alloc(0),
      Buffer.from('\b\u0001 plain text that begins like a number'),
      Buffer.concat([number(1, 8), bytes(2, 'no graph')]),
      Buffer.concat([number(1, 99), bytes(7, graph())]),
      modelOf(tensor({ raw: eight })).subarray(0, 30),
    ];
    for (const file of others) {
      expect(onnxReader.read(memoryByteSource('x.bin', file))).toBeUndefined();
    }
  });
});

describe('mutants', () => {
  it('give a header within bounds or a FormatError: 2,000 seeded ones', () => {
    const inner = graph(initializer(tensor({ raw: eight })));
    const file = model(
      graph(
        initializer(tensor({ raw: eight })),
        initializer(tensor({ name: 'i', type: 7, more: bytes(7, Buffer.of(1, 0xff, 1)) })),
        initializer(tensor({ name: 'x', more: external({ location: 'data.bin', offset: '8' }) })),
        bytes(1, node('If', 'y', attribute('then_branch', 6, inner))),
      ),
    );
    let readable = 0;
    for (const mutant of mutants(file, 2000, 43)) {
      const outcome = attempt(mutant);
      if (outcome instanceof FormatError) continue;
      readable += 1;
      expectApart(outcome, mutant.length);
      for (const { fileIndex, offset, byteLength } of outcome.tensors) {
        if (fileIndex === 1 && outcome.externals[0] === 'data.bin') {
          expect(offset + byteLength).toBeLessThanOrEqual(4096);
        }
      }
    }
    expect(readable).toBeGreaterThan(0);
  });
});

const models = join(import.meta.dirname, '../../../../node_modules/@ricky0123/vad-web/dist');

describe('the Silero models in node_modules', () => {
  const expected = {
    'silero_vad_legacy.onnx': 263,
    'silero_vad_v5.onnx': 345,
    'silero_vad_v6.onnx': 345,
  };
  for (const [name, count] of Object.entries(expected)) {
    it(`${name} has ${count} tensors with unique names, inside the file, twice the same`, () => {
      const path = join(models, name);
      const header = readHeader(path);
      expect(header.tensors).toHaveLength(count);
      expect(new Set(header.tensors.map((entry) => entry.name)).size).toBe(count);
      expectApart(header, readFileSync(path).length);
      expect(readHeader(path)).toEqual(header);
    });
  }

  it('give a header or a FormatError for 300 mutants of one', () => {
    const file = readFileSync(join(models, 'silero_vad_v5.onnx'));
    for (const mutant of mutants(file, 300, 44, 70_000)) {
      const outcome = attempt(mutant);
      if (!(outcome instanceof FormatError)) expectApart(outcome, mutant.length);
    }
  });

  it('are refused when cut at the start of any of their tensors', () => {
    const file = readFileSync(join(models, 'silero_vad_legacy.onnx'));
    for (const { offset } of read(file).tensors) {
      expect(attempt(file.subarray(0, offset))).toBeInstanceOf(FormatError);
    }
  });
});

const shared = join(import.meta.dirname, '../../../../../shared/data');
const manifest = join(shared, 'MANIFEST.json');
describe.skipIf(!existsSync(manifest))('the shared ONNX files', () => {
  interface Listed {
    readonly file: string;
    readonly format: string;
    readonly tensors: number;
    readonly dtypes: Record<string, number>;
  }
  const text = existsSync(manifest) ? readFileSync(manifest, 'utf8') : '[]';
  const listed = (JSON.parse(text) as Listed[]).filter(({ format }) => format === 'onnx');
  for (const { file, tensors, dtypes } of listed) {
    it(`${file}: ${tensors} tensors`, () => {
      const header = readHeader(join(shared, file));
      const counts: Record<string, number> = {};
      for (const { dtype } of header.tensors) counts[dtype] = (counts[dtype] ?? 0) + 1;
      expect(header.tensors).toHaveLength(tensors);
      expect(counts).toEqual(dtypes);
    });
  }
});
