import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../io/byte-source';
import { ggufReader } from './gguf';
import { ggmlTypes } from './gguf-types';
import type { FileHeader } from './reader';
import { scratchFolder } from './testing/cases';
import { array, ggufFile, text } from './testing/gguf-file';
import { expectOracleAgrees, oracleTypes } from './testing/gguf-oracle';
import { ggufSpecs } from './testing/gguf-specs';

const scratch = scratchFolder('gguf-oracle');
afterAll(scratch.remove);

function readFile(path: string): FileHeader {
  const source = openByteSource(path);
  try {
    const header = ggufReader.read(source);
    if (header === undefined) throw new Error('not recognised');
    return header;
  } finally {
    source.close();
  }
}

describe('@huggingface/gguf agrees on every key, value and tensor', () => {
  it('of generated files', async () => {
    await fc.assert(
      fc.asyncProperty(ggufSpecs, async (spec) => {
        const path = scratch.write('generated.gguf', ggufFile(spec));
        await expectOracleAgrees(path, readFile(path));
      }),
      { seed: 20_240_603, numRuns: 100 },
    );
  });

  it('of an array that takes several pages', async () => {
    const items = Array.from({ length: 25_000 }, (_, index) => text(`token ${index}`));
    const pairs = [['tokenizer.ggml.tokens', array('string', items)]] as const;
    const path = scratch.write('pages.gguf', ggufFile({ pairs }));
    await expectOracleAgrees(path, readFile(path));
  });

  it('of the number of each tensor type', () => {
    const own = [...ggmlTypes].map(([number, { dtype }]) => [number, dtype]);
    expect(own).toEqual([...oracleTypes].sort(([a], [b]) => a - b));
  });

  it('fails where they differ', async () => {
    const path = scratch.write('one.gguf', ggufFile({ pairs: [['a', text('x')]] }));
    const header = readFile(path);
    const other = { ...header, metadata: { a: 'y' } };
    await expect(expectOracleAgrees(path, other)).rejects.toThrow();
  });

  const shared = join(import.meta.dirname, '../../../../../shared/data');
  const manifest = join(shared, 'MANIFEST.json');
  const json = existsSync(manifest) ? readFileSync(manifest, 'utf8') : '[]';
  const listed = JSON.parse(json) as { readonly file: string; readonly format: string }[];
  for (const { file, format } of listed) {
    // 4655474701: the prototype from before the format, which neither reads.
    if (!format.startsWith('gguf') || format.includes('(4655474701')) continue;
    it(`of ${file}`, async () => {
      await expectOracleAgrees(join(shared, file), readFile(join(shared, file)));
    });
  }
});
