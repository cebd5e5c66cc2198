import type { Estimate } from '../../../shared/domain';
import { type InventorySource, inventoryOf } from './inventory';
import { type ContentOption, exactEstimate, storedOf } from './library';
import { contentsBySignature } from './measure';

/** How a tensor is thought to follow from a base; both by signature number. */
export interface LikelyRelation {
  readonly cast: boolean;
  /** Predicted bytes as a difference from the base. */
  readonly deltaBytes: number;
}

export interface SignatureSource extends InventorySource {
  readonly basesOf: (signed: number) => readonly number[];
  /** Undefined where nothing can be said. */
  readonly relate: (tensor: number, base: number) => LikelyRelation | undefined;
  /** Predicted bytes of the tensor stored alone; undefined where nothing can be said. */
  readonly aloneBytes: (signed: number) => number | undefined;
  /** Predicted share that is left of bytes that have no signature, 0 … 1. */
  readonly bytesRatio: number;
}

/**
 * What a library of fingerprinted members would weigh, without reading any file: exact sharing is
 * exact, the rest as the signatures have it. `margins`: the relative error of the predictions, of
 * what is stored alone or as bytes and of what is stored as differences; they make the interval.
 */
export function estimateFromSignatures(
  source: SignatureSource,
  margins: { readonly alone: number; readonly delta: number; readonly bytes: number },
): Estimate {
  const started = performance.now();
  const inventory = inventoryOf(source);
  const { contents } = inventory;
  let uncertain = 0;
  let signed = 0;
  const alone = Float64Array.from(contents, ({ signed: number, novelBytes, length, deflated }) => {
    if (deflated) return novelBytes;
    const known = number < 0 ? undefined : source.aloneBytes(number);
    if (known !== undefined) signed += 1;
    const share = known === undefined ? source.bytesRatio : Math.min(1, known / length);
    uncertain += share * novelBytes * (known === undefined ? margins.bytes : margins.alone);
    return share * novelBytes;
  });
  const options = likelyOptions(source, contentsBySignature(inventory), contents.length);
  const stored = storedOf(inventory, alone, options);
  uncertain += margins.delta * stored.savings.delta;
  const milliseconds = Math.round(performance.now() - started);
  const basis = {
    kind: 'fingerprints',
    bytesRead: 0,
    milliseconds,
    sampledTensors: signed,
  } as const;
  const estimate = exactEstimate(inventory, stored, basis);
  const expected = stored.storedBytes;
  const unique = inventory.logicalBytes - inventory.exactBytes;
  const storedBytes = {
    low: Math.max(0, Math.floor(expected - uncertain)),
    expected,
    high: Math.min(Math.max(expected, unique), Math.ceil(expected + uncertain)),
  };
  return { ...estimate, storedBytes };
}

function likelyOptions(
  { basesOf, relate }: SignatureSource,
  bySigned: ReadonlyMap<number, number>,
  contents: number,
): ContentOption[] {
  const options: ContentOption[] = [];
  for (const [signed, tensor] of bySigned) {
    for (const number of new Set(basesOf(signed))) {
      const base = bySigned.get(number) ?? contents;
      const relation = base === contents || base === tensor ? undefined : relate(signed, number);
      if (relation === undefined) continue;
      const { cast, deltaBytes } = relation;
      options.push({ tensor, base, bytes: cast ? 0 : deltaBytes, cast });
    }
  }
  return options;
}
