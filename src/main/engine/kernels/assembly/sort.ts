/**
 * Differences from a base, stably sorted by the base's exponent: a counting sort in two passes over
 * four stretches of the elements at once, each with counts of its own, so that equal exponents in a
 * row do not wait for one another. A group is (base bits >> shift) & mask, mask at most 4095; decoding
 * finds the same groups from the same base, so the order costs nothing.
 *
 * Workspace, of `sortWorkspace` bytes: elements per group, mask + 1 of u32 (kept for the caller);
 * their counters, one of u32 per stretch; the sorted words.
 */

import { mergeWords, splitWords } from './split';
import { deltaPlanes, deltaWords, orderOf, undeltaWords, undoDelta, zigzag } from './transform';

/** Elements of a stretch whose groups are found before any of them moves. */
const BATCH: u32 = 64;
/** Where the counters of a batch's groups are, behind the first ones: 16 bits each. */
const SLOTS: usize = memory.data(512, 16);
/** Of one stretch. */
const SLOT_BYTES: usize = 128;
/** A batch's words, BATCH * width bytes per stretch. */
const WORDS: usize = memory.data(2048, 16);

/** Bytes of workspace that sorting takes. */
export function sortWorkspace(width: u32, mask: u32, elements: u32): u32 {
  return (mask + 1) * 20 + elements * width;
}

/** Planes of the sorted differences of the elements from those at `base`; see `deltaPlanes`. */
export function sortDelta(
  width: u32,
  ordered: u32,
  shift: u32,
  mask: u32,
  element: usize,
  base: usize,
  elements: u32,
  to: usize,
  workspace: usize,
): void {
  if (mask == 0) {
    store<u32>(workspace, elements);
    deltaPlanes(width, ordered, element, base, elements, to);
    return;
  }
  if (width == 4) scatter<i32, u32>(ordered, shift, mask, element, base, elements, workspace);
  else if (width == 2) scatter<i16, u16>(ordered, shift, mask, element, base, elements, workspace);
  else if (width == 1) scatter<i8, u8>(ordered, shift, mask, element, base, elements, workspace);
  else scatter<i64, u64>(ordered, shift, mask, element, base, elements, workspace);
  splitWords(width, workspace + (<usize>(mask + 1)) * 20, elements, to, elements);
}

/** The inverse of `sortDelta`: elements from its planes at `from` and the base. */
export function unsortDelta(
  width: u32,
  ordered: u32,
  shift: u32,
  mask: u32,
  from: usize,
  base: usize,
  elements: u32,
  to: usize,
  workspace: usize,
): void {
  if (mask == 0) {
    store<u32>(workspace, elements);
    undoDelta(width, ordered, from, base, elements, to);
    return;
  }
  mergeWords(width, from, elements, elements, workspace + (<usize>(mask + 1)) * 20);
  if (width == 4) gather<u32>(ordered, shift, mask, base, elements, to, workspace);
  else if (width == 2) gather<u16>(ordered, shift, mask, base, elements, to, workspace);
  else if (width == 1) gather<u8>(ordered, shift, mask, base, elements, to, workspace);
  else gather<u64>(ordered, shift, mask, base, elements, to, workspace);
}

/** Counts the groups of elements: mask + 1 of u32 at `workspace`, whose words stay as they are. */
export function countGroups(
  width: u32,
  shift: u32,
  mask: u32,
  base: usize,
  elements: u32,
  workspace: usize,
): void {
  if (width == 4) place<u32>(shift, mask, base, elements, workspace);
  else if (width == 2) place<u16>(shift, mask, base, elements, workspace);
  else if (width == 1) place<u8>(shift, mask, base, elements, workspace);
  else place<u64>(shift, mask, base, elements, workspace);
}

/** Elements of each of the four stretches; what is left over follows the last. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function stretchOf(elements: u32): u32 {
  return (elements >> 2) & ~(BATCH - 1);
}

/** Counts the groups; makes each counter the address of the stretch's first word of its group. */
function place<U>(shift: u32, mask: u32, base: usize, elements: u32, workspace: usize): void {
  const groups = <usize>(mask + 1);
  const counters = workspace + (groups << 2);
  memory.fill(counters, 0, groups << 4);
  const stretch = stretchOf(elements);
  for (let i: u32 = 0; i < stretch; i += BATCH) {
    findSlots<U>(shift, mask, base, stretch, i);
    for (let slot = SLOTS; slot < SLOTS + SLOT_BYTES; slot += 2) {
      const a = counters + <usize>load<u16>(slot);
      store<u32>(a, load<u32>(a) + 1);
      const b = counters + <usize>load<u16>(slot, SLOT_BYTES);
      store<u32>(b, load<u32>(b, 4) + 1, 4);
      const c = counters + <usize>load<u16>(slot, 2 * SLOT_BYTES);
      store<u32>(c, load<u32>(c, 8) + 1, 8);
      const d = counters + <usize>load<u16>(slot, 3 * SLOT_BYTES);
      store<u32>(d, load<u32>(d, 12) + 1, 12);
    }
  }
  for (let i = stretch << 2; i < elements; i++) {
    const at = counters + slotOf<U>(shift, mask, base + <usize>i * sizeof<U>());
    store<u32>(at, load<u32>(at, 12) + 1, 12);
  }
  let next = <u32>(counters + (groups << 4));
  for (let group: usize = 0; group < groups; group++) {
    const first = next;
    for (let at = counters + (group << 4), end = at + 16; at < end; at += 4) {
      const count = load<u32>(at);
      store<u32>(at, next);
      next += count * <u32>sizeof<U>();
    }
    store<u32>(workspace + (group << 2), (next - first) / <u32>sizeof<U>());
  }
}

/** Where the counters of the group of the element at `at` begin, behind the first. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function slotOf<U>(shift: u32, mask: u32, at: usize): usize {
  return <usize>(<u32>(load<U>(at) >> <U>shift) & mask) << 4;
}

/** Puts into SLOTS where the batches count that begin `i` elements behind each stretch's begin. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function findSlots<U>(shift: u32, mask: u32, base: usize, stretch: u32, i: u32): void {
  for (let k: u32 = 0; k < 4; k++) {
    const from = base + <usize>(k * stretch + i) * sizeof<U>();
    const to = SLOTS + <usize>k * SLOT_BYTES;
    for (let j: usize = 0; j < BATCH; j += 8) {
      if (sizeof<U>() == 8) {
        for (let n: usize = 0; n < 8; n++) {
          store<u16>(to + ((j + n) << 1), <u16>slotOf<U>(shift, mask, from + ((j + n) << 3)));
        }
      } else if (sizeof<U>() == 4) {
        const masks = i32x4.splat(mask);
        const low = v128.and(i32x4.shr_u(v128.load(from + (j << 2)), shift), masks);
        const high = v128.and(i32x4.shr_u(v128.load(from + (j << 2), 16), shift), masks);
        v128.store(to + (j << 1), i16x8.shl(i16x8.narrow_i32x4_u(low, high), 4));
      } else {
        const y = sizeof<U>() == 2 ? v128.load(from + (j << 1)) : v128.load_ext<u8>(from + j);
        const group = v128.and(i16x8.shr_u(y, shift), i16x8.splat(<i16>mask));
        v128.store(to + (j << 1), i16x8.shl(group, 4));
      }
    }
  }
}

function scatter<S, U>(
  ordered: u32,
  shift: u32,
  mask: u32,
  element: usize,
  base: usize,
  elements: u32,
  workspace: usize,
): void {
  place<U>(shift, mask, base, elements, workspace);
  const first = workspace + (<usize>(mask + 1) << 2);
  const second = first + 4;
  const third = first + 8;
  const fourth = first + 12;
  const order = orderOf<S, U>(ordered);
  const stretch = stretchOf(elements);
  const batchBytes = <usize>BATCH * sizeof<S>();
  for (let i: u32 = 0; i < stretch; i += BATCH) {
    findSlots<U>(shift, mask, base, stretch, i);
    for (let k: u32 = 0; k < 4; k++) {
      const from = <usize>(k * stretch + i) * sizeof<S>();
      const to = WORDS + <usize>k * batchBytes;
      for (let j: usize = 0; j < batchBytes; j += 16) {
        const x = v128.load(element + from + j);
        v128.store(to + j, zigzag<S>(x, v128.load(base + from + j), order));
      }
    }
    for (let j: usize = 0; j < BATCH; j++) {
      const slot = SLOTS + (j << 1);
      const word = WORDS + j * sizeof<S>();
      store<S>(take<S>(first + <usize>load<u16>(slot)), load<S>(word));
      store<S>(take<S>(second + <usize>load<u16>(slot, SLOT_BYTES)), load<S>(word, BATCH * sizeof<S>()));
      store<S>(take<S>(third + <usize>load<u16>(slot, 2 * SLOT_BYTES)), load<S>(word, 2 * BATCH * sizeof<S>()));
      store<S>(take<S>(fourth + <usize>load<u16>(slot, 3 * SLOT_BYTES)), load<S>(word, 3 * BATCH * sizeof<S>()));
    }
  }
  for (let i = stretch << 2; i < elements; i += BATCH) {
    const count = min<u32>(BATCH, elements - i);
    const from = <usize>i * sizeof<S>();
    deltaWords(sizeof<S>(), ordered, element + from, base + from, count, WORDS);
    for (let j: usize = 0; j < <usize>count * sizeof<S>(); j += sizeof<S>()) {
      const counter = fourth + slotOf<U>(shift, mask, base + from + j);
      store<S>(take<S>(counter), load<S>(WORDS + j));
    }
  }
}

/** The address that a counter says; moves the counter on by a word. */
// @ts-ignore: AssemblyScript's own decorator, which TypeScript does not know.
@inline
function take<T>(counter: usize): usize {
  const at = load<u32>(counter);
  store<u32>(counter, at + <u32>sizeof<T>());
  return <usize>at;
}

function gather<U>(
  ordered: u32,
  shift: u32,
  mask: u32,
  base: usize,
  elements: u32,
  to: usize,
  workspace: usize,
): void {
  place<U>(shift, mask, base, elements, workspace);
  const first = workspace + (<usize>(mask + 1) << 2);
  const second = first + 4;
  const third = first + 8;
  const fourth = first + 12;
  const stretch = stretchOf(elements);
  const stretchBytes = <usize>stretch * sizeof<U>();
  for (let i: u32 = 0; i < stretch; i += BATCH) {
    findSlots<U>(shift, mask, base, stretch, i);
    const begin = to + <usize>i * sizeof<U>();
    for (let j: usize = 0; j < BATCH; j++) {
      const slot = SLOTS + (j << 1);
      const at = begin + j * sizeof<U>();
      store<U>(at, load<U>(take<U>(first + <usize>load<u16>(slot))));
      store<U>(at + stretchBytes, load<U>(take<U>(second + <usize>load<u16>(slot, SLOT_BYTES))));
      store<U>(at + 2 * stretchBytes, load<U>(take<U>(third + <usize>load<u16>(slot, 2 * SLOT_BYTES))));
      store<U>(at + 3 * stretchBytes, load<U>(take<U>(fourth + <usize>load<u16>(slot, 3 * SLOT_BYTES))));
    }
  }
  const end = <usize>elements * sizeof<U>();
  for (let i = stretchBytes << 2; i < end; i += sizeof<U>()) {
    const counter = fourth + slotOf<U>(shift, mask, base + i);
    store<U>(to + i, load<U>(take<U>(counter)));
  }
  undeltaWords(sizeof<U>(), ordered, to, base, elements, to);
}
