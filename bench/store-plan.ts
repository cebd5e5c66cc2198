import { bytesDelta } from '../src/main/engine/codecs/beyond-bytes';
import { cast } from '../src/main/engine/codecs/cast';
import { constant } from '../src/main/engine/codecs/constant';
import { delta } from '../src/main/engine/codecs/delta';
import { plain } from '../src/main/engine/codecs/plain';
import { planes } from '../src/main/engine/codecs/planes';
import { raw } from '../src/main/engine/codecs/raw';
import { rows } from '../src/main/engine/codecs/rows-base';
import { rowsDelta } from '../src/main/engine/codecs/rows-base-map';
import { delta2, scaled } from '../src/main/engine/codecs/two-base';
import type { Codec, Effort, Tools } from '../src/main/engine/codecs/types';
import { assignBases, type Option } from '../src/main/engine/estimate/assign';
import { valueKinds } from '../src/main/engine/kernels/values';
import { alikeOf, sharingRows } from './store-candidates';
import type { Unit } from './store-corpus';

/** What a store may do, beyond storing each unit alone. */
export interface Ideas {
  readonly delta?: boolean;
  readonly bytesDelta?: boolean;
  readonly rows?: boolean;
  readonly scaled?: boolean;
  readonly rowsDelta?: boolean;
  readonly delta2?: boolean;
}

/** How one unit is stored. */
export interface Stored {
  readonly codec: Codec;
  readonly bases: readonly number[];
  readonly bytes: number;
}

/** Bytes of a base's id in a record. */
export const BASE_ID_BYTES = 32;

/** With what the ways are compared, before the chosen ones are really encoded. */
const PLANNING: Effort = 'fast';

/** Encodes units, each way once; lengths are remembered. */
export class Coder {
  readonly #known = new Map<string, number>();
  readonly #verified = new Set<string>();

  constructor(
    readonly units: readonly Unit[],
    readonly tools: Tools,
  ) {}

  /** Bytes, Infinity where the codec does not apply. */
  weigh(codec: Codec, at: number, bases: readonly number[], effort: Effort): number {
    const key = `${codec.id}:${at}:${bases.join()}:${effort}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const length = this.#encode(codec, at, bases, effort)?.length ?? Number.POSITIVE_INFINITY;
    this.#known.set(key, length);
    return length;
  }

  /** Encodes, decodes and compares. Throws where a byte differs. */
  verify({ codec, bases }: Stored, at: number, effort: Effort): void {
    const key = `${codec.id}:${at}:${bases.join()}`;
    const unit = this.units[at];
    if (unit === undefined || this.#verified.has(key)) return;
    const data = this.#encode(codec, at, bases, effort);
    if (data === undefined) throw new Error(`unit ${at} is not encoded by ${codec.name}`);
    const { bytes, kind } = unit;
    const decoded = codec.decode(data, bytes.length, kind, this.#bases(bases), this.tools);
    if (Buffer.compare(decoded, bytes) !== 0) throw new Error(`unit ${at}: ${codec.name} differs`);
    this.#verified.add(key);
  }

  #encode(codec: Codec, at: number, bases: readonly number[], effort: Effort) {
    const unit = this.units[at];
    if (unit === undefined) return undefined;
    return codec.encode(unit, this.#bases(bases), Number.POSITIVE_INFINITY, effort, this.tools);
  }

  #bases(positions: readonly number[]) {
    return positions.map((at) => {
      const unit = this.units[at];
      return { bytes: unit?.bytes ?? new Uint8Array(0), kind: unit?.kind ?? valueKinds.U8 };
    });
  }
}

/** How every unit is stored with these ideas: bases are stored alone (depth 1). */
export function plan(coder: Coder, ideas: Ideas): Stored[] {
  const { units } = coder;
  const alone = units.map((_, at) => aloneOf(coder, at, ideas));
  const alike = alikeOf(units, coder.tools);
  const byRows = ideas.rowsDelta ? sharingRows(units) : undefined;
  const ways = new Map<string, Stored>();
  const options: Option[] = [];
  for (const [at, unit] of units.entries()) {
    for (const base of new Set([...(alike[at] ?? []), ...(byRows?.[at] ?? [])])) {
      const stored = basedOf(coder, at, base, ideas, unit);
      if (stored === undefined) continue;
      ways.set(`${at}:${base}`, stored);
      options.push({ tensor: at, base, bytes: stored.bytes });
    }
  }
  const chosen = assignBases(
    alone.map(({ bytes }) => bytes),
    options,
  );
  const stored = chosen.map((option, at) => {
    const way = option && ways.get(`${at}:${option.base}`);
    return way ?? alone[at] ?? { codec: raw, bases: [], bytes: units[at]?.bytes.length ?? 0 };
  });
  return ideas.delta2 ? withTwo(coder, stored, alone, alike) : stored;
}

/** Every unit in its planned way, or alone where that is smaller, at full effort; checked. */
export function settle(
  coder: Coder,
  planned: readonly Stored[],
  ideas: Ideas,
  effort: Effort,
): Stored[] {
  return planned.map((way, at) => {
    const codecs = way.bases.length === 0 ? aloneCodecs(ideas) : [way.codec];
    const ways = codecs.map((codec) => wayOf(coder, codec, at, way.bases, effort));
    const stored = best(ways) ?? way;
    coder.verify(stored, at, effort);
    return stored;
  });
}

const aloneCodecs = (ideas: Ideas): readonly Codec[] => [
  ...[raw, constant, plain, planes],
  ...(ideas.rows ? [rows] : []),
];

function best(ways: readonly Stored[]): Stored | undefined {
  return ways.reduce<Stored | undefined>(
    (least, way) => (way.bytes < (least?.bytes ?? Number.POSITIVE_INFINITY) ? way : least),
    undefined,
  );
}

function wayOf(
  coder: Coder,
  codec: Codec,
  at: number,
  bases: readonly number[],
  effort: Effort = PLANNING,
): Stored {
  return {
    codec,
    bases,
    bytes: coder.weigh(codec, at, bases, effort) + bases.length * BASE_ID_BYTES,
  };
}

function aloneOf(coder: Coder, at: number, ideas: Ideas): Stored {
  const found = best(aloneCodecs(ideas).map((codec) => wayOf(coder, codec, at, [])));
  return found ?? { codec: raw, bases: [], bytes: coder.units[at]?.bytes.length ?? 0 };
}

function basedOf(
  coder: Coder,
  at: number,
  base: number,
  ideas: Ideas,
  unit: Unit,
): Stored | undefined {
  if (unit.cause === 'gap') {
    return ideas.bytesDelta ? best([wayOf(coder, bytesDelta, at, [base])]) : undefined;
  }
  const codecs = [
    ...(ideas.delta ? [cast, delta] : []),
    ...(ideas.scaled ? [scaled] : []),
    ...(ideas.rowsDelta ? [rowsDelta] : []),
  ];
  return best(codecs.map((codec) => wayOf(coder, codec, at, [base])));
}

/**
 * Differences from two bases instead, while bytes are saved: a unit is made a base for all that gain
 * by it, or is no longer one, and its users look for others.
 */
function withTwo(
  coder: Coder,
  stored: readonly Stored[],
  alone: readonly Stored[],
  alike: readonly (readonly number[])[],
): Stored[] {
  const search = new PairSearch(coder, [...stored], alone, alike);
  for (let round = 0; round < ROUNDS; round++) {
    for (const at of stored.keys()) search.makeBase(at);
    for (const at of stored.keys()) search.makeDifference(at);
  }
  return search.stored;
}

const ROUNDS = 2;
/** Bases of which pairs are tried. */
const PARTNERS = 4;

class PairSearch {
  /** Tensors that each is like: those that could use it. */
  readonly #likers = new Map<number, number[]>();

  constructor(
    private readonly coder: Coder,
    readonly stored: Stored[],
    private readonly alone: readonly Stored[],
    private readonly alike: readonly (readonly number[])[],
  ) {
    for (const [at, near] of alike.entries()) {
      if (coder.units[at]?.cause !== 'tensor') continue;
      for (const other of near) {
        const likers = this.#likers.get(other);
        if (likers === undefined) this.#likers.set(other, [at]);
        else likers.push(at);
      }
    }
  }

  makeBase(fresh: number): void {
    const own = this.alone[fresh];
    if (own === undefined) return;
    const better = (this.#likers.get(fresh) ?? []).flatMap((at) => {
      if (this.#isAlone(at) || at === fresh) return [];
      const partners = this.#bases(at).filter((base) => base !== fresh);
      const pairs = partners.map((base) => [base, fresh]);
      const way = this.#best(at, [...pairs, [fresh]]);
      return way !== undefined && way.bytes < this.#bytes(at) ? [{ at, way }] : [];
    });
    const gain = better.reduce((sum, { at, way }) => sum + this.#bytes(at) - way.bytes, 0);
    if (gain <= own.bytes - this.#bytes(fresh)) return;
    this.stored[fresh] = own;
    for (const { at, way } of better) this.stored[at] = way;
  }

  makeDifference(at: number): void {
    if (this.coder.units[at]?.cause !== 'tensor' || !this.#isAlone(at)) return;
    const way = this.#best(at, this.#choices(at, at));
    if (way === undefined || way.bytes >= this.#bytes(at)) return;
    const users = [...this.stored.keys()].filter((user) => this.stored[user]?.bases.includes(at));
    const moved = users.map(
      (user) => this.#best(user, this.#choices(user, at)) ?? this.alone[user],
    );
    const lost = users.reduce(
      (sum, user, n) => sum + (moved[n]?.bytes ?? 0) - this.#bytes(user),
      0,
    );
    if (lost >= this.#bytes(at) - way.bytes) return;
    this.stored[at] = way;
    for (const [n, user] of users.entries()) {
      const next = moved[n];
      if (next !== undefined) this.stored[user] = next;
    }
  }

  /** Single bases and pairs for a unit, without one of them. */
  #choices(at: number, without: number): number[][] {
    const bases = this.#bases(at).filter((base) => base !== without);
    return bases.flatMap((a, n) => [[a], ...bases.slice(n + 1).map((b) => [a, b])]);
  }

  #bases(at: number): number[] {
    const near = (this.alike[at] ?? []).filter((base) => base !== at && this.#isAlone(base));
    return near.slice(0, PARTNERS);
  }

  #best(at: number, choices: readonly (readonly number[])[]): Stored | undefined {
    const ways = choices.flatMap((bases) =>
      (bases.length === 2 ? [delta2] : [delta, scaled]).map((codec) =>
        wayOf(this.coder, codec, at, bases),
      ),
    );
    return best(ways);
  }

  #isAlone(at: number): boolean {
    return this.stored[at]?.bases.length === 0;
  }

  #bytes(at: number): number {
    return this.stored[at]?.bytes ?? 0;
  }
}
