import {
  type BitSink,
  type Block,
  createBlock,
  createSink,
  flushBlock,
  tally,
} from './redeflate-blocks';

/*
 * zlib's deflate, bit for bit: the compressed members of archives (`.npz`, `.zip`) are made again
 * from their inflated bytes, so that these can be stored as the tensors that they are. The zlib that
 * comes with a program differs between builds (Chromium's, zlib-ng), and so do its bytes; this one
 * is stock zlib 1.2.x and 1.3.x (deflate.c, trees.c) with the default strategy and a 32 KiB window.
 */

/** What a stream was made with; part of the format on disk. */
export interface DeflateSettings {
  /** 1 … 9. */
  readonly level: number;
  /** 8 is zlib's default; 9 what some programs ask for. */
  readonly memLevel: number;
}

interface Tuning {
  readonly good: number;
  readonly lazy: number;
  readonly nice: number;
  readonly chain: number;
}

/** deflate.c, configuration_table. */
const tunings: readonly Tuning[] = [
  [4, 4, 8, 4],
  [4, 5, 16, 8],
  [4, 6, 32, 32],
  [4, 4, 16, 16],
  [8, 16, 32, 32],
  [8, 16, 128, 128],
  [8, 32, 128, 256],
  [32, 128, 258, 1024],
  [32, 258, 258, 4096],
].map(([good = 0, lazy = 0, nice = 0, chain = 0]) => ({ good, lazy, nice, chain }));

const WINDOW = 32_768;
const MIN_MATCH = 3;
const MAX_MATCH = 258;
const MIN_LOOKAHEAD = MAX_MATCH + MIN_MATCH + 1;
const MAX_DISTANCE = WINDOW - MIN_LOOKAHEAD;
/** A match of three bytes further back than this is dearer than its literals. */
const TOO_FAR = 4096;

/** The likeliest first. */
const candidates: readonly DeflateSettings[] = [6, 9, 1, 5, 7, 8, 4, 3, 2].flatMap((level) =>
  [8, 9].map((memLevel) => ({ level, memLevel })),
);

/**
 * The settings under which `bytes` deflate to exactly `stream` (a raw deflate stream); undefined
 * where none do. A wrong guess is given up at its first differing block.
 */
export function settingsOf(bytes: Uint8Array, stream: Uint8Array): DeflateSettings | undefined {
  return candidates.find((settings) => {
    const made = run(bytes, settings, stream.length, stream);
    return made?.length === stream.length;
  });
}

/**
 * The raw deflate stream of `bytes`. Undefined unless it is `length` bytes long, the settings are
 * zlib's, and nothing else is allocated than that and a few tables.
 */
export function redeflate(
  bytes: Uint8Array,
  settings: DeflateSettings,
  length: number,
): Uint8Array | undefined {
  const stream = run(bytes, settings, length, undefined);
  return stream?.length === length ? stream : undefined;
}

/** The raw deflate stream of `bytes`, undefined where it would be longer than `most` bytes. */
export function deflateWithin(
  bytes: Uint8Array,
  settings: DeflateSettings,
  most: number,
): Uint8Array | undefined {
  return run(bytes, settings, most, undefined);
}

interface State {
  readonly input: Uint8Array;
  taken: number;
  readonly tuning: Tuning;
  readonly window: Uint8Array;
  readonly head: Uint16Array;
  readonly previous: Uint16Array;
  readonly shift: number;
  start: number;
  lookahead: number;
  blockStart: number;
  matchStart: number;
  previousLength: number;
  readonly block: Block;
  readonly sink: BitSink;
  readonly expected: Uint8Array | undefined;
  checked: number;
}

function run(
  input: Uint8Array,
  { level, memLevel }: DeflateSettings,
  most: number,
  expected: Uint8Array | undefined,
): Uint8Array | undefined {
  const tuning = tunings[level - 1];
  if (tuning === undefined || (memLevel !== 8 && memLevel !== 9)) return undefined;
  const state: State = {
    input,
    taken: 0,
    tuning,
    window: new Uint8Array(2 * WINDOW),
    head: new Uint16Array(1 << (memLevel + 7)),
    previous: new Uint16Array(WINDOW),
    shift: Math.floor((memLevel + 7 + MIN_MATCH - 1) / MIN_MATCH),
    start: 0,
    lookahead: 0,
    blockStart: 0,
    matchStart: 0,
    previousLength: MIN_MATCH - 1,
    block: createBlock(memLevel),
    sink: createSink(most),
    expected,
    checked: 0,
  };
  const isGoing = level <= 3 ? compressFast(state) : compressSlow(state);
  if (!isGoing || !flush(state, true)) return undefined;
  return state.sink.bytes.subarray(0, state.sink.length);
}

/** False when what was written is not what is expected, or too long. */
function flush(state: State, last: boolean): boolean {
  const { sink, block, window, blockStart, start, expected } = state;
  const stored = blockStart >= 0 ? window.subarray(blockStart, start) : undefined;
  flushBlock(sink, block, stored, start - blockStart, last);
  state.blockStart = start;
  if (sink.full) return false;
  const from = state.checked;
  state.checked = sink.length;
  if (expected === undefined) return true;
  const made = sink.bytes.subarray(from, sink.length);
  return Buffer.compare(made, expected.subarray(from, sink.length)) === 0;
}

/** zlib's fill_window with all input at hand. */
function fillWindow(state: State): void {
  const { window, input } = state;
  do {
    if (state.start >= WINDOW + MAX_DISTANCE) slide(state);
    const end = state.start + state.lookahead;
    const count = Math.min(window.length - end, input.length - state.taken);
    if (count === 0) return;
    window.set(input.subarray(state.taken, state.taken + count), end);
    state.taken += count;
    state.lookahead += count;
  } while (state.lookahead < MIN_LOOKAHEAD && state.taken < input.length);
}

function slide(state: State): void {
  state.window.copyWithin(0, WINDOW);
  state.matchStart -= WINDOW;
  state.start -= WINDOW;
  state.blockStart -= WINDOW;
  for (const table of [state.head, state.previous]) {
    for (let n = 0; n < table.length; n++) table[n] = Math.max(0, (table[n] ?? 0) - WINDOW);
  }
}

/** The latest earlier place with the hash of the three bytes at `at`, which takes its place. */
function insert({ window, head, previous, shift }: State, at: number): number {
  const [a = 0, b = 0, c = 0] = [window[at], window[at + 1], window[at + 2]];
  const hash = ((a << (2 * shift)) ^ (b << shift) ^ c) & (head.length - 1);
  const found = head[hash] ?? 0;
  previous[at & (WINDOW - 1)] = found;
  head[hash] = at;
  return found;
}

/** Length of the longest match that zlib finds; its place is `matchStart`. */
function longestMatch(state: State, from: number): number {
  const { window, previous, start, lookahead, tuning } = state;
  let best = state.previousLength;
  let chain = best >= tuning.good ? tuning.chain >> 2 : tuning.chain;
  const nice = Math.min(tuning.nice, lookahead);
  const limit = Math.max(0, start - MAX_DISTANCE);
  for (let at = from; ; ) {
    if (
      window[at + best] === window[start + best] &&
      window[at + best - 1] === window[start + best - 1] &&
      window[at] === window[start] &&
      window[at + 1] === window[start + 1]
    ) {
      let length = MIN_MATCH;
      while (length < MAX_MATCH && window[at + length] === window[start + length]) length++;
      if (length > best) {
        state.matchStart = at;
        best = length;
        if (length >= nice) break;
      }
    }
    at = previous[at & (WINDOW - 1)] ?? 0;
    if (at <= limit || --chain === 0) break;
  }
  return Math.min(best, lookahead);
}

/** deflate.c, deflate_fast. */
function compressFast(state: State): boolean {
  const { block, tuning } = state;
  for (;;) {
    if (state.lookahead < MIN_LOOKAHEAD) {
      fillWindow(state);
      if (state.lookahead === 0) return true;
    }
    const found = state.lookahead >= MIN_MATCH ? insert(state, state.start) : 0;
    const near = found !== 0 && state.start - found <= MAX_DISTANCE;
    const length = near ? longestMatch(state, found) : 0;
    let isFull: boolean;
    if (length >= MIN_MATCH) {
      isFull = tally(block, state.start - state.matchStart, length - MIN_MATCH);
      state.lookahead -= length;
      const isShort = length <= tuning.lazy && state.lookahead >= MIN_MATCH;
      for (let n = 1; isShort && n < length; n++) insert(state, state.start + n);
      state.start += length;
    } else {
      isFull = tally(block, 0, state.window[state.start++] ?? 0);
      state.lookahead--;
    }
    if (isFull && !flush(state, false)) return false;
  }
}

/** deflate.c, deflate_slow: a match is held back until the next place has no longer one. */
function compressSlow(state: State): boolean {
  const { block, window } = state;
  let length = MIN_MATCH - 1;
  let isHeld = false;
  for (;;) {
    if (state.lookahead < MIN_LOOKAHEAD) {
      fillWindow(state);
      if (state.lookahead === 0) break;
    }
    const found = state.lookahead >= MIN_MATCH ? insert(state, state.start) : 0;
    const earlier = state.matchStart;
    state.previousLength = length;
    length = lazyMatch(state, found);
    let isFull = false;
    if (state.previousLength >= MIN_MATCH && length <= state.previousLength) {
      isFull = takeHeld(state, earlier);
      isHeld = false;
      length = MIN_MATCH - 1;
      if (isFull && !flush(state, false)) return false;
      continue;
    }
    if (isHeld) isFull = tally(block, 0, window[state.start - 1] ?? 0);
    if (isFull && !flush(state, false)) return false;
    isHeld = true;
    state.start++;
    state.lookahead--;
  }
  if (isHeld) tally(block, 0, window[state.start - 1] ?? 0);
  return true;
}

function lazyMatch(state: State, found: number): number {
  const isTried =
    found !== 0 && state.previousLength < state.tuning.lazy && state.start - found <= MAX_DISTANCE;
  if (!isTried) return MIN_MATCH - 1;
  const length = longestMatch(state, found);
  const isDear = length === MIN_MATCH && state.start - state.matchStart > TOO_FAR;
  return isDear ? MIN_MATCH - 1 : length;
}

/** Writes the match of the place before, which began at `earlier`. */
function takeHeld(state: State, earlier: number): boolean {
  const { previousLength: length, start } = state;
  const lastInsert = start + state.lookahead - MIN_MATCH;
  const isFull = tally(state.block, start - 1 - earlier, length - MIN_MATCH);
  state.lookahead -= length - 1;
  for (let at = start + 1; at <= start + length - 2; at++) if (at <= lastInsert) insert(state, at);
  state.start = start + length - 1;
  return isFull;
}
