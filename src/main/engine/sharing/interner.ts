/** Bytes of a BLAKE3-256 or SHA-256 digest. */
export const DIGEST_BYTES = 32;
const DIGEST_WORDS = DIGEST_BYTES / 4;

/**
 * Gives every distinct 32-byte digest a small dense number, in order of first appearance.
 * Open addressing over typed arrays: 32 bytes a key plus 8 to 16 of table, so that five million
 * digests fit in some 230 MB and no strings are made.
 *
 * The digests are uniform (BLAKE3), so their first word is the hash; keys are compared whole.
 */
export class DigestInterner {
  #keys = new Uint32Array(1024 * DIGEST_WORDS);
  #table = new Int32Array(2048).fill(-1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the digest at `digests[at * 32 …]`; a new one if it was not seen before. */
  intern(digests: Uint8Array, at: number): number {
    if (this.#size * 2 >= this.#table.length) this.#grow();
    const slot = this.#slotOf(digests, at * DIGEST_BYTES);
    const found = this.#table[slot] as number;
    if (found >= 0) return found;
    const id = this.#size;
    this.#store(id, digests, at * DIGEST_BYTES);
    this.#table[slot] = id;
    this.#size += 1;
    return id;
  }

  /** -1 if the digest was never interned. */
  find(digests: Uint8Array, at: number): number {
    return this.#table[this.#slotOf(digests, at * DIGEST_BYTES)] as number;
  }

  /** The digest's 64 hex digits. */
  hex(id: number): string {
    const bytes = new Uint8Array(this.#keys.buffer, id * DIGEST_BYTES, DIGEST_BYTES);
    return Buffer.from(bytes).toString('hex');
  }

  #slotOf(digests: Uint8Array, from: number): number {
    const mask = this.#table.length - 1;
    let slot = wordAt(digests, from) & mask;
    for (;;) {
      const id = this.#table[slot] as number;
      if (id < 0 || this.#equals(id, digests, from)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(id: number, digests: Uint8Array, from: number): boolean {
    for (let word = 0; word < DIGEST_WORDS; word++) {
      if (this.#keys[id * DIGEST_WORDS + word] !== wordAt(digests, from + word * 4)) return false;
    }
    return true;
  }

  #store(id: number, digests: Uint8Array, from: number): void {
    if ((id + 1) * DIGEST_WORDS > this.#keys.length) {
      const larger = new Uint32Array(this.#keys.length * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    for (let word = 0; word < DIGEST_WORDS; word++) {
      this.#keys[id * DIGEST_WORDS + word] = wordAt(digests, from + word * 4);
    }
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = (this.#keys[id * DIGEST_WORDS] as number) & mask;
      while ((table[slot] as number) >= 0) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.#table = table;
  }
}

/** Little-endian, whatever the alignment. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
