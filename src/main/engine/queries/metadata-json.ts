import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatCount } from '../../../shared/base';
import type { MetadataJson, MetadataValue } from '../../../shared/domain';
import type { Model } from '../model/model';
import { atPath, type LongArray, liesInFile } from './metadata-arrays';
import { isCut, type WholeTexts, wholeTexts } from './metadata-texts';

/** Bytes of text in one answer. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** Items of all lists whose reading walks over those before. */
const MAX_WALKED_ITEMS = 2_000_000;
/** Of one such list: each page costs the items before it. Real vocabularies have some 100,000. */
const MAX_WALKED_LIST = 1_000_000;
/** A list in a list, which is opened by itself, counts as so many items. */
const LIST_COST = 10;
const PAGE = 10_000;
/** No reader nests deeper. */
const MAX_DEPTH = 64;
/** Characters between two conversions to bytes. */
const CHUNK = 65_536;

/**
 * The metadata below `path` (all of it for an empty path) as JSON: long lists in full, up to 64 MB
 * of text. It is valid JSON also where something is left out, and then says what. Throws
 * EngineError as `atPath`.
 */
export async function metadataJson(
  model: Model,
  path: readonly string[],
  maxBytes: number = MAX_JSON_BYTES,
): Promise<MetadataJson> {
  const writer = new JsonText(maxBytes);
  const texts = wholeTexts(model);
  if (path.length > 0) writeAt(writer, model, path, texts);
  else await writeAll(writer, model, texts);
  return writer.result();
}

async function writeAll(writer: JsonText, model: Model, texts: WholeTexts): Promise<void> {
  const keys = Object.keys(model.metadata);
  writer.open('{');
  for (const [at, key] of keys.entries()) {
    if (writer.isFull) {
      writer.leaveOut(`"…": "${keys.length - at} more"`, keys.length - at, 'key', 1);
      break;
    }
    // Long lists take a while each; other calls come in between.
    if (at % 16 === 0 || liesInFile(model, key)) await nextTurn();
    writer.next(1);
    writer.key(key);
    writeAt(writer, model, [key], texts, 1);
  }
  writer.close('}', 0);
}

function writeAt(
  writer: JsonText,
  model: Model,
  path: readonly string[],
  texts: WholeTexts,
  depth = 0,
): void {
  atPath(model, path, (found) => {
    if (found.kind === 'array') writer.array(found.array, depth);
    else writer.value(wholeValue(path, found.value, texts), depth);
  });
}

/** A header's own text as the file has it, where the reader kept only its beginning. */
function wholeValue(path: readonly string[], value: MetadataValue, texts: WholeTexts) {
  const [key] = path;
  if (key === undefined || path.length > 1 || !isCut(value)) return value;
  return texts(key, value) ?? value;
}

/** JSON text as it grows, with what there was no room for. */
class JsonText {
  private readonly parts: Buffer[] = [];
  private chunk = '';
  private bytesLeft: number;
  private walkedLeft = MAX_WALKED_ITEMS;
  private empty = true;
  private cutTexts = 0;
  private readonly missing: string[] = [];

  constructor(private readonly maxBytes: number) {
    this.bytesLeft = maxBytes;
  }

  get isFull(): boolean {
    return this.bytesLeft <= 0;
  }

  result(): MetadataJson {
    const leftOut = this.missing.slice(0, 5);
    if (this.missing.length > 5)
      leftOut.push(`So it is ${formatCount(this.missing.length)} times in all.`);
    if (this.cutTexts > 0) {
      const one = this.cutTexts === 1;
      const texts = one ? '1 long text is' : `${formatCount(this.cutTexts)} long texts are`;
      leftOut.push(`${texts} cut, with the whole length at the end.`);
    }
    this.flush();
    return { text: Buffer.concat(this.parts).toString(), leftOut };
  }

  open(bracket: '{' | '['): void {
    this.put(bracket);
    this.empty = true;
  }

  /** Before each entry. */
  next(depth: number): void {
    this.put(`${this.empty ? '' : ','}\n${'  '.repeat(depth)}`);
    this.empty = false;
  }

  key(key: string): void {
    this.put(`${JSON.stringify(key)}: `);
  }

  close(bracket: '}' | ']', depth: number): void {
    this.put(this.empty ? bracket : `\n${'  '.repeat(depth)}${bracket}`);
    this.empty = false;
  }

  leaveOut(note: string, count: number, what: 'key' | 'item', depth: number): void {
    const items = `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
    const why = this.isFull
      ? `a copy has at most ${sizeText(this.maxBytes)}`
      : 'the list is too long to copy whole';
    this.missing.push(`${items} left out: ${why}.`);
    this.next(depth);
    this.put(note);
  }

  value(value: MetadataValue, depth: number): void {
    if (value === null || typeof value !== 'object') {
      if (isCut(value)) this.cutTexts += 1;
      this.put(JSON.stringify(value));
    } else if (isList(value)) this.list(value, depth);
    else this.record(value, depth);
  }

  private record(record: { readonly [key: string]: MetadataValue }, depth: number): void {
    const keys = Object.keys(record);
    this.open('{');
    for (const [at, key] of keys.entries()) {
      if (this.isFull) {
        this.leaveOut(`"…": "${keys.length - at} more"`, keys.length - at, 'key', depth + 1);
        break;
      }
      this.next(depth + 1);
      this.key(key);
      this.value(record[key] ?? null, depth + 1);
    }
    this.close('}', depth);
  }

  private list(items: readonly MetadataValue[], depth: number): void {
    const read = (from: number, count: number) => items.slice(from, from + count);
    this.array({ count: items.length, walked: false, read, inner: () => undefined }, depth);
  }

  array(array: LongArray, depth: number): void {
    this.open('[');
    for (let at = 0; at < array.count; ) {
      const tooFar = array.walked && (this.walkedLeft <= 0 || at >= MAX_WALKED_LIST);
      if (this.isFull || tooFar) {
        const left = array.count - at;
        this.leaveOut(JSON.stringify(`… (${left} more)`), left, 'item', depth + 1);
        break;
      }
      const page = array.read(at, PAGE);
      if (page.length === 0) break;
      if (array.walked) this.walkedLeft -= page.length;
      at += this.page(page, array, depth);
    }
    this.close(']', depth);
  }

  /** Returns how many items there was room for. */
  private page(page: readonly MetadataValue[], array: LongArray, depth: number): number {
    let written = 0;
    for (const item of page) {
      if (this.isFull) break;
      this.next(depth + 1);
      const inner = depth < MAX_DEPTH ? array.inner(item) : undefined;
      if (inner === undefined) this.value(item, depth + 1);
      else {
        this.walkedLeft -= LIST_COST;
        this.array(inner, depth + 1);
      }
      written += 1;
    }
    return written;
  }

  private put(text: string): void {
    this.bytesLeft -= text.length;
    this.chunk += text;
    if (this.chunk.length >= CHUNK) this.flush();
  }

  /** Text is kept as bytes: millions of small strings would take many times the room. */
  private flush(): void {
    const bytes = Buffer.from(this.chunk);
    this.bytesLeft -= bytes.length - this.chunk.length;
    this.parts.push(bytes);
    this.chunk = '';
  }
}

const isList = (value: object): value is readonly MetadataValue[] => Array.isArray(value);

function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MiB of text` : `${bytes} bytes`;
}
