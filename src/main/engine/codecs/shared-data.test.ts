import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fragmentLengths, rowBytesOf } from '../fragments/cut';
import { hasSharedData, sharedData, targetsOf } from '../kernels/testing/shared-data';
import { layoutOf, type ValueKind } from '../kernels/values';
import { chooseEncoding, decodeInPlace } from './choose';
import { testTools } from './testing/made';
import type { Base, Content } from './types';

const tools = testTools();

describe.skipIf(!hasSharedData)('every fragment of ../shared/data', () => {
  it('comes back without a differing byte, from the fragment before it in its kind as a base', () => {
    let count = 0;
    let [raw, stored] = [0, 0];
    const differing: string[] = [];
    const bases = new Map<string, Base>();
    for (const path of filesBelow(sharedData)) {
      for (const { name, content } of fragmentsOf(path)) {
        const { bytes, kind } = content;
        const key = `${name} ${bytes.length} ${kind}`;
        const base = bases.get(key);
        const offered = base === undefined ? [] : [base];
        const encoded = chooseEncoding(content, offered, 'balanced', tools);
        const data = encoded.data.slice();
        const decoded = decodeInPlace({ ...encoded, data }, bytes.length, kind, offered, tools);
        if (Buffer.compare(decoded, bytes) !== 0) differing.push(`${path}: ${name}`);
        if (kind !== undefined) bases.set(key, { bytes, kind });
        count += 1;
        raw += bytes.length;
        stored += data.length;
      }
    }
    expect(differing).toEqual([]);
    expect(count).toBeGreaterThan(1000);
    expect(stored / raw).toBeLessThan(0.8);
  }, 300_000);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

/** Pieces that the file's plan cuts: tensors in rows, what lies between in stretches. */
function fragmentsOf(path: string): { readonly name: string; readonly content: Content }[] {
  const bytes = new Uint8Array(readFileSync(path));
  const tensors = readable(path).sort((a, b) => a.offset - b.offset);
  const pieces: { name: string; content: Content }[] = [];
  let end = 0;
  for (const { name, offset, length, kind, rowBytes } of tensors) {
    if (offset < end) continue;
    cut(pieces, 'between', bytes.subarray(end, offset), undefined, 1);
    cut(pieces, name, bytes.subarray(offset, offset + length), kind, rowBytes);
    end = offset + length;
  }
  cut(pieces, 'between', bytes.subarray(end), undefined, 1);
  return pieces;
}

/** A tensor whose values can be read. */
interface Readable {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly kind: ValueKind;
  readonly rowBytes: number;
}

function readable(path: string): Readable[] {
  try {
    return targetsOf(path).map((target) => ({
      ...target,
      rowBytes: rowBytesOf([target.rows, 1], target.length),
    }));
  } catch {
    return [];
  }
}

function cut(
  pieces: { name: string; content: Content }[],
  name: string,
  bytes: Uint8Array,
  kind: ValueKind | undefined,
  rowBytes: number,
): void {
  let at = 0;
  for (const [index, length] of fragmentLengths(bytes.length, rowBytes).entries()) {
    const part = bytes.subarray(at, at + length);
    const whole = kind !== undefined && length % layoutOf(kind).bytes === 0;
    pieces.push({
      name: `${name} ${index}`,
      content: { bytes: part, kind: whole ? kind : undefined },
    });
    at += length;
  }
}
