import { assignCodes, MAX_NODES } from './redeflate-codes';

/** One alphabet's symbol counts and, after `build`, its code: zlib's tree_desc. */
export interface Tree {
  /** Of leaves, and while building of inner nodes. */
  readonly counts: Uint16Array;
  readonly lengths: Uint16Array;
  readonly codes: Uint16Array;
  /** Highest symbol that has a code. */
  last: number;
}

export interface Alphabet {
  readonly size: number;
  readonly maxLength: number;
  /** Extra bits of the symbols from `extraFrom` on. */
  readonly extra: Uint8Array;
  readonly extraFrom: number;
  /** Of the static block's code; undefined: it has none. */
  readonly fixed: Uint16Array | undefined;
}

/** Bits that a block's symbols take by the built code and by the static one. */
export interface Cost {
  dynamic: number;
  fixed: number;
}

export function createTree(): Tree {
  const column = (): Uint16Array => new Uint16Array(MAX_NODES + 1);
  return { counts: column(), lengths: column(), codes: column(), last: -1 };
}

const heap = new Int32Array(MAX_NODES + 1);
const parents = new Int32Array(MAX_NODES + 1);
const depths = new Uint8Array(MAX_NODES + 1);
let heapLength = 0;

/**
 * Gives the symbols that occur a prefix code, exactly the one of zlib's build_tree: its heap decides
 * between equal counts. Adds to `cost`.
 */
export function buildTree(tree: Tree, alphabet: Alphabet, cost: Cost): void {
  collectLeaves(tree, alphabet, cost);
  for (let n = heapLength >> 1; n >= 1; n--) sink(tree, n);
  let top = MAX_NODES;
  let node = alphabet.size;
  do {
    const n = heap[1] ?? 0;
    heap[1] = heap[heapLength--] ?? 0;
    sink(tree, 1);
    const m = heap[1] ?? 0;
    heap[--top] = n;
    heap[--top] = m;
    tree.counts[node] = (tree.counts[n] ?? 0) + (tree.counts[m] ?? 0);
    depths[node] = Math.max(depths[n] ?? 0, depths[m] ?? 0) + 1;
    parents[n] = node;
    parents[m] = node;
    heap[1] = node++;
    sink(tree, 1);
  } while (heapLength >= 2);
  heap[--top] = heap[1] ?? 0;
  limitLengths(tree, alphabet, cost, top);
  assignCodes(tree.lengths, tree.last + 1, tree.codes);
}

/** At least two leaves, as the format wants it: what does not occur counts once and costs nothing. */
function collectLeaves(tree: Tree, { size, fixed }: Alphabet, cost: Cost): void {
  heapLength = 0;
  tree.last = -1;
  for (let n = 0; n < size; n++) {
    if (tree.counts[n] === 0) {
      tree.lengths[n] = 0;
    } else {
      tree.last = n;
      heap[++heapLength] = n;
      depths[n] = 0;
    }
  }
  while (heapLength < 2) {
    const node = tree.last < 2 ? ++tree.last : 0;
    heap[++heapLength] = node;
    tree.counts[node] = 1;
    depths[node] = 0;
    cost.dynamic--;
    cost.fixed -= fixed?.[node] ?? 0;
  }
}

function isSmaller({ counts }: Tree, n: number, m: number): boolean {
  const [a, b] = [counts[n] ?? 0, counts[m] ?? 0];
  return a < b || (a === b && (depths[n] ?? 0) <= (depths[m] ?? 0));
}

function sink(tree: Tree, from: number): void {
  const value = heap[from] ?? 0;
  let at = from;
  for (let child = at << 1; child <= heapLength; child <<= 1) {
    if (child < heapLength && isSmaller(tree, heap[child + 1] ?? 0, heap[child] ?? 0)) child++;
    if (isSmaller(tree, value, heap[child] ?? 0)) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = value;
}

/** zlib's gen_bitlen: lengths from the tree, those over the limit shortened as zlib does. */
function limitLengths(tree: Tree, alphabet: Alphabet, cost: Cost, top: number): void {
  const { maxLength, extra, extraFrom, fixed } = alphabet;
  const { lengths, counts } = tree;
  const ofLength = new Uint16Array(16);
  let overflow = 0;
  lengths[heap[top] ?? 0] = 0;
  for (let at = top + 1; at < MAX_NODES; at++) {
    const n = heap[at] ?? 0;
    let bits = (lengths[parents[n] ?? 0] ?? 0) + 1;
    if (bits > maxLength) {
      bits = maxLength;
      overflow++;
    }
    lengths[n] = bits;
    if (n > tree.last) continue;
    ofLength[bits] = (ofLength[bits] ?? 0) + 1;
    const extraBits = n >= extraFrom ? (extra[n - extraFrom] ?? 0) : 0;
    cost.dynamic += (counts[n] ?? 0) * (bits + extraBits);
    if (fixed !== undefined) cost.fixed += (counts[n] ?? 0) * ((fixed[n] ?? 0) + extraBits);
  }
  if (overflow === 0) return;
  moveLeaves(ofLength, maxLength, overflow);
  let at = MAX_NODES;
  for (let bits = maxLength; bits > 0; bits--) {
    for (let left = ofLength[bits] ?? 0; left > 0; ) {
      const n = heap[--at] ?? 0;
      if (n > tree.last) continue;
      cost.dynamic += (bits - (lengths[n] ?? 0)) * (counts[n] ?? 0);
      lengths[n] = bits;
      left--;
    }
  }
}

function moveLeaves(ofLength: Uint16Array, maxLength: number, overflow: number): void {
  for (let left = overflow; left > 0; left -= 2) {
    let bits = maxLength - 1;
    while (ofLength[bits] === 0) bits--;
    ofLength[bits] = (ofLength[bits] ?? 0) - 1;
    ofLength[bits + 1] = (ofLength[bits + 1] ?? 0) + 2;
    ofLength[maxLength] = (ofLength[maxLength] ?? 0) - 1;
  }
}
