import type { Catalogue } from '../catalogue/catalogue';
import { SIGNATURE_VERSION, type Signature } from '../kernels/signature';
import { decodeSignature } from '../kernels/signature-codec';
import type { TensorTarget } from '../kernels/targets';
import type { Signatures } from './types';

/** Decoded signatures kept in memory, some 10 kB each. */
const KEPT = 4096;

/** A signed content: the bytes' digest number, and how they are read. */
interface Entry {
  readonly digest: number;
  readonly layout: string;
}

/** A fresh signature; an empty `data` says that the tensor cannot be signed. */
export interface Signed {
  readonly digest: number;
  readonly target: TensorTarget;
  readonly data: Uint8Array;
}

/** How bytes are read as values, in one word: equal bytes may be signed in several ways. */
export function layoutKey({ kind, elements, rows, matrix, inflate }: TensorTarget): string {
  const stored = inflate === undefined ? '' : `z${inflate.skip}.${inflate.length}`;
  return `${kind}.${elements}.${rows}.${matrix ? 1 : 0}${stored}`;
}

/** Numbers every distinct signature; the signatures themselves lie in the catalogue. */
export class SignatureStore implements Signatures {
  readonly #numbers = new Map<string, number>();
  readonly #entries: Entry[] = [];
  readonly #recent = new Map<number, Signature>();

  /** `hashOf`: the 64 hex digits of a digest number. */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly hashOf: (digest: number) => string,
  ) {}

  get size(): number {
    return this.#entries.length;
  }

  /** -1: not signed (yet), or not signable. */
  number(digest: number, target: TensorTarget): number {
    return this.#numbers.get(`${digest}:${layoutKey(target)}`) ?? -1;
  }

  /** Whether the catalogue has this version's signature, or knows that there is none. */
  load(digest: number, target: TensorTarget): boolean {
    const entry = { digest, layout: layoutKey(target) };
    if (this.#numbers.has(keyOf(entry))) return true;
    const data = this.#read(entry);
    if (data === undefined) return false;
    const signature = decodeSignature(data);
    if (signature === undefined && data.length > 0) return false;
    this.#register(entry, signature);
    return true;
  }

  put(signed: readonly Signed[]): void {
    const rows = signed.map(({ digest, target, data }) => {
      const layout = layoutKey(target);
      return { hash: this.#hash(digest), layout, version: SIGNATURE_VERSION, data };
    });
    this.catalogue.putSignatures(rows);
    for (const { digest, target, data } of signed) {
      const entry = { digest, layout: layoutKey(target) };
      if (!this.#numbers.has(keyOf(entry))) this.#register(entry, decodeSignature(data));
    }
  }

  get(number: number): Signature | undefined {
    const known = this.#recent.get(number);
    if (known !== undefined) {
      this.#recent.delete(number);
      this.#recent.set(number, known);
      return known;
    }
    const entry = this.#entries[number];
    const data = entry === undefined ? undefined : this.#read(entry);
    const signature = data === undefined ? undefined : decodeSignature(data);
    if (signature !== undefined) this.#keep(number, signature);
    return signature;
  }

  /** Names a signature's content wherever and whenever it is met. */
  identity(number: number): string {
    const entry = this.#entries[number];
    return entry === undefined ? '' : `${this.hashOf(entry.digest)}:${entry.layout}`;
  }

  #register(entry: Entry, signature: Signature | undefined): void {
    if (signature === undefined) {
      this.#numbers.set(keyOf(entry), -1);
      return;
    }
    const number = this.#entries.length;
    this.#entries.push(entry);
    this.#numbers.set(keyOf(entry), number);
    this.#keep(number, signature);
  }

  #keep(number: number, signature: Signature): void {
    this.#recent.set(number, signature);
    if (this.#recent.size <= KEPT) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  #read({ digest, layout }: Entry): Uint8Array | undefined {
    const hash = this.#hash(digest);
    return this.catalogue.signature({ hash, layout, version: SIGNATURE_VERSION });
  }

  #hash(digest: number): Uint8Array {
    return Buffer.from(this.hashOf(digest), 'hex');
  }
}

const keyOf = ({ digest, layout }: Entry): string => `${digest}:${layout}`;
