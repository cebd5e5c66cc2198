import { blake3 } from '@napi-rs/blake-hash';
import type { Catalogue } from '../catalogue/catalogue';
import type { PairSpec, RowMeasure, ValueMeasure } from '../kernels/messages';
import type { SignatureStore } from './store';

/** Raised when measuring changes: what was measured before is measured again. */
const MEASURE_VERSION = 1;

/** Answers kept in memory; the catalogue has them all. */
const KEPT = 300_000;

export type How = PairSpec['how'];
type Measure = ValueMeasure | RowMeasure;

/** One pair to measure, or measured, by signature numbers; `null`: it cannot be measured. */
export interface Measured {
  readonly tensor: number;
  readonly base: number;
  readonly measure: Measure | null;
}

/** What was measured of pairs, now or in an earlier session; of content, not of files. */
export class MeasureBook {
  readonly #known = new Map<string, Measure | null | undefined>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly store: SignatureStore,
  ) {}

  /** Undefined: not measured; null: measuring it is not possible. */
  get(tensor: number, base: number, how: How): Measure | null | undefined {
    const key = `${tensor}:${base}:${how}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const text = this.catalogue.measure(this.#pairKey(tensor, base, how), MEASURE_VERSION);
    const measure = text === undefined ? undefined : (JSON.parse(text, reviveNumber) as Measure);
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(key, measure);
    return measure;
  }

  put(measured: readonly (Measured & { readonly how: How })[]): void {
    const rows = measured.map(({ tensor, base, how, measure }) => ({
      key: this.#pairKey(tensor, base, how),
      data: JSON.stringify(measure, replaceNumber),
    }));
    this.catalogue.putMeasures(rows, MEASURE_VERSION);
    for (const { tensor, base, how, measure } of measured) {
      this.#known.set(`${tensor}:${base}:${how}`, measure);
    }
  }

  #pairKey(tensor: number, base: number, how: How): Uint8Array {
    return blake3(`${this.store.identity(tensor)}\0${this.store.identity(base)}\0${how}`);
  }
}

/** JSON has no NaN and no Infinity. */
function replaceNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

function reviveNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('number' in value)) return value;
  return Number(value.number);
}
