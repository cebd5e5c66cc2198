/*
 * What the kernels do, in plain JavaScript as one would write it for speed: one loop over typed arrays
 * for each width. The benchmark's peers; it checks that they give the same bytes.
 */

export type Elements = Int16Array | Int32Array;

/** How a type's elements are taken; see `SortLayout`. */
interface Layout {
  readonly shift: number;
  readonly mask: number;
}

/** Planes with the sign at the lowest place. */
export function plainSplit(elements: Elements, planes: Uint8Array): void {
  const { length } = elements;
  if (elements instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      const bits = elements[at] as number;
      put2(planes, length, at, (bits << 1) | ((bits >>> 15) & 1));
    }
  } else {
    for (let at = 0; at < length; at++) {
      const bits = elements[at] as number;
      put4(planes, length, at, (bits << 1) | (bits >>> 31));
    }
  }
}

export function plainMerge(planes: Uint8Array, elements: Elements): void {
  const { length } = elements;
  if (elements instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      const word = get2(planes, length, at);
      elements[at] = (word >>> 1) | (word << 15);
    }
  } else {
    for (let at = 0; at < length; at++) {
      const word = get4(planes, length, at);
      elements[at] = (word >>> 1) | (word << 31);
    }
  }
}

function put2(planes: Uint8Array, length: number, at: number, word: number): void {
  planes[at] = word;
  planes[length + at] = word >>> 8;
}

function put4(planes: Uint8Array, length: number, at: number, word: number): void {
  planes[at] = word;
  planes[length + at] = word >>> 8;
  planes[2 * length + at] = word >>> 16;
  planes[3 * length + at] = word >>> 24;
}

function get2(planes: Uint8Array, length: number, at: number): number {
  return (planes[at] as number) | ((planes[length + at] as number) << 8);
}

function get4(planes: Uint8Array, length: number, at: number): number {
  const low = (planes[at] as number) | ((planes[length + at] as number) << 8);
  const high = (planes[2 * length + at] as number) | ((planes[3 * length + at] as number) << 8);
  return low | (high << 16);
}

export function plainXor(a: Int32Array, b: Int32Array, to: Int32Array): void {
  for (let at = 0; at < a.length; at++) to[at] = (a[at] as number) ^ (b[at] as number);
}

export function plainDifferingBits(a: Int32Array, b: Int32Array): number {
  let total = 0;
  for (let at = 0; at < a.length; at++) {
    let bits = (a[at] as number) ^ (b[at] as number);
    bits -= (bits >>> 1) & 0x5555_5555;
    bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
    total += Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return total;
}

/** Sign and magnitude as an ordered integer, or back; 16 bits are sign-extended. */
function ordered2(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fff);
}

function ordered4(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fff_ffff);
}

/** Zigzag difference of two floats' bits. */
function difference2(bits: number, base: number): number {
  const difference = ((ordered2(bits) - ordered2(base)) << 16) >> 16;
  return (difference << 1) ^ (difference >> 31);
}

function difference4(bits: number, base: number): number {
  const difference = (ordered4(bits) - ordered4(base)) | 0;
  return (difference << 1) ^ (difference >> 31);
}

/** The inverse: bits from a zigzag word and the base. */
function restored2(word: number, base: number): number {
  const difference = (word >>> 1) ^ -(word & 1);
  return ordered2(((difference + ordered2(base)) << 16) >> 16);
}

function restored4(word: number, base: number): number {
  const difference = (word >>> 1) ^ -(word & 1);
  return ordered4((difference + ordered4(base)) | 0);
}

export function plainDelta(elements: Elements, base: Elements, planes: Uint8Array): void {
  const { length } = elements;
  if (elements instanceof Int16Array && base instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      put2(planes, length, at, difference2(elements[at] as number, base[at] as number));
    }
  } else if (elements instanceof Int32Array && base instanceof Int32Array) {
    for (let at = 0; at < length; at++) {
      put4(planes, length, at, difference4(elements[at] as number, base[at] as number));
    }
  }
}

export function plainUndoDelta(planes: Uint8Array, base: Elements, elements: Elements): void {
  const { length } = elements;
  if (elements instanceof Int16Array && base instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      elements[at] = restored2(get2(planes, length, at), base[at] as number);
    }
  } else if (elements instanceof Int32Array && base instanceof Int32Array) {
    for (let at = 0; at < length; at++) {
      elements[at] = restored4(get4(planes, length, at), base[at] as number);
    }
  }
}

/** Where each element goes: stably, by the base's exponent. */
function placesOf(base: Elements, { shift, mask }: Layout): Uint32Array {
  const next = new Uint32Array(mask + 2);
  const places = new Uint32Array(base.length);
  if (base instanceof Int16Array) {
    for (let at = 0; at < base.length; at++) {
      places[at] = counted(next, ((base[at] as number) >>> shift) & mask);
    }
  } else {
    for (let at = 0; at < base.length; at++) {
      places[at] = counted(next, ((base[at] as number) >>> shift) & mask);
    }
  }
  for (let group = 1; group <= mask; group++) {
    next[group] = (next[group] as number) + (next[group - 1] as number);
  }
  for (let at = 0; at < places.length; at++) {
    const group = places[at] as number;
    places[at] = next[group] as number;
    next[group] = (next[group] as number) + 1;
  }
  return places;
}

/** Counts where the next group begins; returns the group. */
function counted(next: Uint32Array, group: number): number {
  next[group + 1] = (next[group + 1] as number) + 1;
  return group;
}

export function plainSortDelta(
  elements: Elements,
  base: Elements,
  layout: Layout,
  planes: Uint8Array,
): void {
  const { length } = elements;
  const places = placesOf(base, layout);
  if (elements instanceof Int16Array && base instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      const word = difference2(elements[at] as number, base[at] as number);
      put2(planes, length, places[at] as number, word);
    }
  } else if (elements instanceof Int32Array && base instanceof Int32Array) {
    for (let at = 0; at < length; at++) {
      const word = difference4(elements[at] as number, base[at] as number);
      put4(planes, length, places[at] as number, word);
    }
  }
}

export function plainUnsortDelta(
  planes: Uint8Array,
  base: Elements,
  layout: Layout,
  elements: Elements,
): void {
  const { length } = elements;
  const places = placesOf(base, layout);
  if (elements instanceof Int16Array && base instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      const word = get2(planes, length, places[at] as number);
      elements[at] = restored2(word, base[at] as number);
    }
  } else if (elements instanceof Int32Array && base instanceof Int32Array) {
    for (let at = 0; at < length; at++) {
      const word = get4(planes, length, places[at] as number);
      elements[at] = restored4(word, base[at] as number);
    }
  }
}

/** 0: the line from b through a; 1: their mean. */
export function plainPrediction(mode: 0 | 1, a: Elements, b: Elements, to: Elements): void {
  const { length } = a;
  const predict = (x: number, y: number): number =>
    mode === 0 ? 2 * x - y : (x & y) + ((x ^ y) >> 1);
  if (a instanceof Int16Array && b instanceof Int16Array) {
    for (let at = 0; at < length; at++) {
      const predicted = predict(ordered2(a[at] as number), ordered2(b[at] as number));
      to[at] = ordered2((predicted << 16) >> 16);
    }
  } else if (a instanceof Int32Array && b instanceof Int32Array) {
    for (let at = 0; at < length; at++) {
      const predicted = predict(ordered4(a[at] as number), ordered4(b[at] as number));
      to[at] = ordered4(predicted | 0);
    }
  }
}

/** Shortest period of 1, 2, 4 or 8 bytes. */
export function plainPattern(bytes: Uint8Array): number {
  for (const period of [1, 2, 4, 8]) {
    let at = period;
    while (at < bytes.length && bytes[at] === bytes[at - period]) at++;
    if (at >= bytes.length) return period;
  }
  return 0;
}

export function plainLongestZeroRun(bytes: Uint8Array): number {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < bytes.length; at++) {
    run = bytes[at] === 0 ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

export function plainLeadingZeros(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && bytes[at] === 0) at++;
  return at;
}

/** BF16 to the bits of 32-bit floats. */
export function plainBrainValues(elements: Int16Array, to: Int32Array): void {
  for (let at = 0; at < elements.length; at++) to[at] = (elements[at] as number) << 16;
}

/** Bits of 32-bit floats to BF16, ties to even. */
export function plainBrainHalves(elements: Int32Array, to: Int16Array): void {
  for (let at = 0; at < to.length; at++) {
    const bits = elements[at] as number;
    const isUnordered = (bits & 0x7fff_ffff) > 0x7f80_0000;
    to[at] = isUnordered ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
}

/** `length` bytes at `offset` of each block, back to back. */
export function plainGatherField(
  blocks: Uint8Array,
  offset: number,
  stride: number,
  length: number,
  count: number,
  to: Uint8Array,
): void {
  for (let block = 0, out = 0; block < count; block++) {
    const from = block * stride + offset;
    for (let at = from; at < from + length; at++, out++) to[out] = blocks[at] as number;
  }
}

/** Differences lane by lane; `top` is the highest bit of every lane. */
export function plainSubtractLanes(
  a: Uint8Array,
  b: Uint8Array,
  top: number,
  to: Uint8Array,
): void {
  for (let at = 0; at < a.length; at++) {
    const x = a[at] as number;
    const y = b[at] as number;
    to[at] = ((x | top) - (y & ~top)) ^ ((x ^ ~y) & top);
  }
}
