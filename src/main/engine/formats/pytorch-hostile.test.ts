import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../io/byte-source';
import { FormatError } from './errors';
import { pytorchReader } from './pytorch';
import { scratchFolder } from './testing/cases';
import { dict, int, list, ordered, pickle, raw, text, unsigned } from './testing/pickle-file';
import { archive, floats, legacyTensor, parameter, stream, tensor } from './testing/pytorch-file';
import { attempt, faults } from './testing/pytorch-read';
import { mutants } from './testing/random';

const scratch = scratchFolder('pytorch-hostile');
afterAll(scratch.remove);

describe('hostile sizes', () => {
  const cases: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['20 million lists', () => pickle(Buffer.alloc(20_000_000, ']')), /at most 1000000 objects/],
    ['20 million Nones', () => pickle(Buffer.alloc(20_000_000, 'N')), /a stack of/],
    ['20 million marks', () => pickle(Buffer.alloc(20_000_000, '(')), /at most .* marks/],
    [
      '35 million opcodes',
      () => pickle('N', Buffer.alloc(35_000_000, '20')),
      /at most 30000000 opcodes/,
    ],
    [
      'texts of 200 MB',
      () => {
        const one = raw(text('x'.repeat(1_000_000)), '0');
        return pickle(Buffer.concat(Array<Buffer>(200).fill(one)));
      },
      /bytes of text/,
    ],
    [
      'names of a gigabyte',
      () => {
        const key = 'k'.repeat(1_000_000);
        const many = Array.from({ length: 1000 }, () => raw('h', 0, 'a'));
        return pickle(tensor(), 'q', 0, '0', dict({}), text(key), ']', ...many, 's');
      },
      /characters of names/,
    ],
    [
      'a memo of sparse numbers',
      () =>
        pickle(
          'N',
          Buffer.concat(
            Array.from({ length: 100_002 }, (_, i) => raw('r', unsigned(2 ** 31 + i, 4))),
          ),
        ),
      /out of order/,
    ],
  ];
  for (const [name, make, expected] of cases) {
    it(`${name} are refused within 5 s`, () => {
      const file = stream(make());
      const start = performance.now();
      const outcome = attempt(file);
      expect(performance.now() - start).toBeLessThan(5000);
      expect(outcome).toBeInstanceOf(FormatError);
      expect((outcome as FormatError).message).toMatch(expected);
    });
  }
});

describe('a large file', () => {
  const size = 2 ** 31;
  const made = { elements: size / 4, shape: [size / 4] };

  function sparse(name: string, head: Uint8Array, tail: Uint8Array): string {
    const path = join(scratch.folder, name);
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, head);
    ftruncateSync(descriptor, head.length + size);
    writeSync(descriptor, tail, 0, undefined, head.length + size);
    closeSync(descriptor);
    return path;
  }

  it('with a storage of 2 GiB is read by its headers only', () => {
    const legacy = stream(pickle(legacyTensor(made)), {
      storages: [Buffer.alloc(0)],
      counts: [size / 4],
    });
    const path = sparse('large.pt', legacy, Buffer.alloc(0));
    const source = openByteSource(path);
    try {
      const header = pytorchReader.read(source);
      expect(header?.tensors[0]).toMatchObject({ byteLength: size, encoding: 'raw' });
      expect(source.bytesRead).toBeLessThan(10_000);
    } finally {
      source.close();
    }
  });

  it('with a stored member of 2 GiB is read by its headers only', () => {
    // Made with a member of 16 bytes whose sizes are then put right, and cut apart at its data.
    const file = archive(pickle(tensor(made)));
    const data = file.indexOf(floats(1, 2, 3, 4));
    const central = file.indexOf('PK\x01\x02', 0, 'latin1');
    const second = file.indexOf('PK\x01\x02', central + 4, 'latin1');
    const third = file.indexOf('PK\x01\x02', second + 4, 'latin1');
    for (const at of [data + 24, data + 28, second + 20, second + 24]) file.writeUInt32LE(size, at);
    const moved = size - 16;
    file.writeUInt32LE(file.readUInt32LE(third + 42) + moved, third + 42);
    const end64 = file.indexOf('PK\x06\x06', 0, 'latin1');
    file.writeBigUInt64LE(file.readBigUInt64LE(end64 + 48) + BigInt(moved), end64 + 48);
    file.writeBigUInt64LE(file.readBigUInt64LE(end64 + 64) + BigInt(moved), end64 + 64);
    const end = file.length - 22;
    file.writeUInt32LE(file.readUInt32LE(end + 16) + moved, end + 16);
    const source = openByteSource(
      sparse('zip.pt', file.subarray(0, data), file.subarray(data + 16)),
    );
    try {
      const header = pytorchReader.read(source);
      expect(header?.tensors[0]).toMatchObject({ offset: data, byteLength: size, encoding: 'raw' });
      expect(source.bytesRead).toBeLessThan(70_000);
    } finally {
      source.close();
    }
  });
});

describe('mutants', () => {
  const value = dict({
    model: ordered({ a: tensor(), b: parameter(tensor({ shape: [2, 2], strides: [1, 2] })) }),
    optimizer: dict({
      state: raw('}(', int(0), tensor({ shape: [2], offset: 2 }), 'u'),
      param_groups: list(),
    }),
    epoch: int(12),
    note: text('x'),
  });
  const old = raw(
    0x80,
    2,
    list(legacyTensor(), legacyTensor({ shape: [2, 2], strides: [1, 2] })),
    '.',
  );

  function survivors(files: Iterable<Buffer>): number {
    let readable = 0;
    for (const file of files) {
      const outcome = attempt(file);
      if (outcome === undefined || outcome instanceof FormatError) continue;
      if (outcome.format === 'opaque') expect(outcome.tensors).toEqual([]);
      else readable += 1;
      expect(faults(outcome, file.length)).toEqual([]);
    }
    return readable;
  }

  it('of an archive give a header, opaque or a FormatError: 2,000 seeded ones', () => {
    expect(survivors(mutants(archive(pickle(value)), 2000, 46))).toBeGreaterThan(0);
  });

  it('of a stream do so, too: 2,000 seeded ones', () => {
    expect(survivors(mutants(stream(old), 2000, 47))).toBeGreaterThan(0);
  });

  it('of a pickle, in an archive with the right checksum, do so, too: 2,000 seeded ones', () => {
    function* files() {
      for (const data of mutants(pickle(value), 2000, 48)) yield archive(data);
    }
    expect(survivors(files())).toBeGreaterThan(0);
  });
});
