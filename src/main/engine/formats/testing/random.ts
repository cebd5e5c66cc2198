/** A seeded generator of numbers in [0, 1): mulberry32, public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Mutation = (bytes: Buffer, random: () => number) => Buffer;

function range(length: number, random: () => number): [number, number] {
  const start = Math.floor(random() * length);
  return [start, Math.min(length, start + 1 + Math.floor(random() * 24))];
}

const flip: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return copy;
};

const insert: Mutation = (bytes, random) => {
  const at = Math.floor(random() * (bytes.length + 1));
  const extra = Buffer.from(
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => random() * 256),
  );
  return Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)]);
};

const remove: Mutation = (bytes, random) => {
  const [start, end] = range(bytes.length, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
};

const duplicate: Mutation = (bytes, random) => {
  const [start, end] = range(bytes.length, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
};

const swap: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const [start, end] = range(copy.length, random);
  const other = Math.floor(random() * Math.max(1, copy.length - (end - start)));
  const piece = Buffer.from(copy.subarray(start, end));
  copy.copy(copy, start, other, other + piece.length);
  piece.copy(copy, other);
  return copy;
};

const mutations = [flip, insert, remove, duplicate, swap];

/** `count` mutants of a file, the same for the same seed; changes fall on its first `reach` bytes. */
export function* mutants(bytes: Buffer, count: number, seed: number, reach = bytes.length) {
  const random = seeded(seed);
  for (let index = 0; index < count; index += 1) {
    const mutate = mutations[Math.floor(random() * mutations.length)] ?? flip;
    const head = mutate(Buffer.from(bytes.subarray(0, reach)), random);
    yield Buffer.concat([head, bytes.subarray(reach)]);
  }
}

/** The mutant of a file with this seed alone: one to three changes. */
export function mutantOf(bytes: Buffer, seed: number): Buffer {
  const random = seeded(seed);
  const changes = 1 + Math.floor(random() * 3);
  let mutant = bytes;
  for (let change = 0; change < changes && mutant.length > 0; change += 1) {
    const mutate = mutations[Math.floor(random() * mutations.length)] ?? flip;
    mutant = mutate(mutant, random);
  }
  return mutant;
}
