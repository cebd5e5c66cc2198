import {
  DISTANCE_CODES,
  distanceBase,
  distanceCodeOf,
  distanceExtra,
  END_OF_BLOCK,
  LENGTH_CODES,
  LEVEL_CODES,
  LITERALS,
  lengthBase,
  lengthCode,
  lengthExtra,
  levelExtra,
  levelOrder,
  staticCodes,
  staticDistanceCodes,
  staticDistanceLengths,
  staticLengths,
} from './redeflate-codes';
import { type Alphabet, buildTree, type Cost, createTree, type Tree } from './redeflate-tree';

const literals: Alphabet = {
  size: LENGTH_CODES,
  maxLength: 15,
  extra: lengthExtra,
  extraFrom: LITERALS + 1,
  fixed: staticLengths,
};
const distances: Alphabet = {
  size: DISTANCE_CODES,
  maxLength: 15,
  extra: distanceExtra,
  extraFrom: 0,
  fixed: staticDistanceLengths,
};
const levels: Alphabet = {
  size: LEVEL_CODES,
  maxLength: 7,
  extra: levelExtra,
  extraFrom: 0,
  fixed: undefined,
};

/** Bits, lowest first, into a buffer of a fixed size; what does not fit sets `full`. */
export interface BitSink {
  readonly bytes: Uint8Array;
  length: number;
  full: boolean;
  held: number;
  heldBits: number;
}

/** A block's literals and matches, and the counts of their codes. */
export interface Block {
  readonly capacity: number;
  readonly distance: Uint16Array;
  /** A literal where the distance is 0, else a match length minus 3. */
  readonly value: Uint8Array;
  readonly literals: Tree;
  readonly distances: Tree;
  readonly levels: Tree;
  symbols: number;
}

export function createSink(capacity: number): BitSink {
  const bytes = new Uint8Array(capacity);
  return { bytes, length: 0, full: false, held: 0, heldBits: 0 };
}

/** Holds as many symbols as zlib's buffer does at this memLevel. */
export function createBlock(memLevel: number): Block {
  const capacity = (1 << (memLevel + 6)) - 1;
  const block: Block = {
    capacity,
    distance: new Uint16Array(capacity),
    value: new Uint8Array(capacity),
    literals: createTree(),
    distances: createTree(),
    levels: createTree(),
    symbols: 0,
  };
  clear(block);
  return block;
}

function clear(block: Block): void {
  for (const tree of [block.literals, block.distances, block.levels]) tree.counts.fill(0);
  block.literals.counts[END_OF_BLOCK] = 1;
  block.symbols = 0;
}

/** Whether the block is full. `distance` 0: `value` is a literal. */
export function tally(block: Block, distance: number, value: number): boolean {
  block.distance[block.symbols] = distance;
  block.value[block.symbols++] = value;
  const { counts } = block.literals;
  const code = distance === 0 ? value : (lengthCode[value] ?? 0) + LITERALS + 1;
  counts[code] = (counts[code] ?? 0) + 1;
  if (distance > 0) {
    const at = distanceCodeOf(distance - 1);
    block.distances.counts[at] = (block.distances.counts[at] ?? 0) + 1;
  }
  return block.symbols === block.capacity;
}

/**
 * Writes the block in the cheapest of the three ways, as zlib's _tr_flush_block weighs them, and
 * empties it. `stored`: its bytes, undefined where the window no longer holds them all.
 */
export function flushBlock(
  sink: BitSink,
  block: Block,
  stored: Uint8Array | undefined,
  storedLength: number,
  last: boolean,
): void {
  const cost: Cost = { dynamic: 0, fixed: 0 };
  buildTree(block.literals, literals, cost);
  buildTree(block.distances, distances, cost);
  const levelCount = buildLevels(block, cost);
  const fixedBytes = (cost.fixed + 3 + 7) >> 3;
  const best = Math.min(fixedBytes, (cost.dynamic + 3 + 7) >> 3);
  if (storedLength + 4 <= best && stored !== undefined) {
    putStored(sink, stored, last);
  } else if (fixedBytes === best) {
    put(sink, (1 << 1) + (last ? 1 : 0), 3);
    putSymbols(sink, block, staticLengths, staticCodes, staticDistanceLengths, staticDistanceCodes);
  } else {
    put(sink, (2 << 1) + (last ? 1 : 0), 3);
    putTrees(sink, block, levelCount);
    const { literals: l, distances: d } = block;
    putSymbols(sink, block, l.lengths, l.codes, d.lengths, d.codes);
  }
  clear(block);
  if (last) windUp(sink);
}

function buildLevels(block: Block, cost: Cost): number {
  const { counts } = block.levels;
  const count = (level: number, times: number): void => {
    counts[level] = (counts[level] ?? 0) + times;
  };
  for (const tree of [block.literals, block.distances]) {
    eachRun(tree, (level, times, repeat) => {
      if (repeat === 0) count(level, times);
      else {
        if (times > 0) count(level, times);
        count(repeat, 1);
      }
    });
  }
  buildTree(block.levels, levels, cost);
  let lastUsed = LEVEL_CODES - 1;
  while (lastUsed >= 3 && block.levels.lengths[levelOrder[lastUsed] ?? 0] === 0) lastUsed--;
  cost.dynamic += 3 * (lastUsed + 1) + 5 + 5 + 4;
  return lastUsed + 1;
}

/**
 * zlib's scan_tree and send_tree in one: per run of equal lengths, `times` codes of `level` itself,
 * then the code `repeat` (16, 17, 18; 0: none) for `rest` more.
 */
function eachRun(
  { lengths, last }: Tree,
  visit: (level: number, times: number, repeat: number, rest: number) => void,
): void {
  let previous = -1;
  let count = 0;
  let [most, least] = lengths[0] === 0 ? [138, 3] : [7, 4];
  for (let n = 0; n <= last; n++) {
    const level = lengths[n] ?? 0;
    const following = n === last ? 0xffff : (lengths[n + 1] ?? 0);
    if (++count < most && level === following) continue;
    if (count < least) visit(level, count, 0, 0);
    else if (level !== 0) {
      const once = level === previous ? 0 : 1;
      visit(level, once, 16, count - once);
    } else visit(level, 0, count <= 10 ? 17 : 18, count);
    count = 0;
    previous = level;
    [most, least] = following === 0 ? [138, 3] : level === following ? [6, 3] : [7, 4];
  }
}

function putTrees(sink: BitSink, block: Block, levelCount: number): void {
  const { lengths, codes } = block.levels;
  put(sink, block.literals.last + 1 - 257, 5);
  put(sink, block.distances.last, 5);
  put(sink, levelCount - 4, 4);
  for (let rank = 0; rank < levelCount; rank++) put(sink, lengths[levelOrder[rank] ?? 0] ?? 0, 3);
  const send = (level: number): void => put(sink, codes[level] ?? 0, lengths[level] ?? 0);
  for (const tree of [block.literals, block.distances]) {
    eachRun(tree, (level, times, repeat, rest) => {
      for (let n = 0; n < times; n++) send(level);
      if (repeat === 0) return;
      send(repeat);
      if (repeat === 16) put(sink, rest - 3, 2);
      else if (repeat === 17) put(sink, rest - 3, 3);
      else put(sink, rest - 11, 7);
    });
  }
}

function putSymbols(
  sink: BitSink,
  block: Block,
  lengths: Uint16Array,
  codes: Uint16Array,
  distanceLengths: Uint16Array,
  distanceCodes: Uint16Array,
): void {
  for (let at = 0; at < block.symbols; at++) {
    const distance = block.distance[at] ?? 0;
    const value = block.value[at] ?? 0;
    if (distance === 0) {
      put(sink, codes[value] ?? 0, lengths[value] ?? 0);
      continue;
    }
    const length = lengthCode[value] ?? 0;
    put(sink, codes[length + 257] ?? 0, lengths[length + 257] ?? 0);
    put(sink, length === 28 ? 0 : value - (lengthBase[length] ?? 0), lengthExtra[length] ?? 0);
    const code = distanceCodeOf(distance - 1);
    put(sink, distanceCodes[code] ?? 0, distanceLengths[code] ?? 0);
    put(sink, distance - 1 - (distanceBase[code] ?? 0), distanceExtra[code] ?? 0);
  }
  put(sink, codes[END_OF_BLOCK] ?? 0, lengths[END_OF_BLOCK] ?? 0);
}

function putStored(sink: BitSink, stored: Uint8Array, last: boolean): void {
  put(sink, last ? 1 : 0, 3);
  windUp(sink);
  for (const half of [stored.length, ~stored.length]) {
    putByte(sink, half & 255);
    putByte(sink, (half >> 8) & 255);
  }
  for (const byte of stored) putByte(sink, byte);
}

/** At most 16 bits. */
function put(sink: BitSink, value: number, bits: number): void {
  sink.held |= value << sink.heldBits;
  sink.heldBits += bits;
  while (sink.heldBits >= 8) {
    putByte(sink, sink.held & 255);
    sink.held >>>= 8;
    sink.heldBits -= 8;
  }
}

function windUp(sink: BitSink): void {
  if (sink.heldBits > 0) putByte(sink, sink.held & 255);
  sink.held = 0;
  sink.heldBits = 0;
}

function putByte(sink: BitSink, byte: number): void {
  if (sink.length < sink.bytes.length) sink.bytes[sink.length++] = byte;
  else sink.full = true;
}
