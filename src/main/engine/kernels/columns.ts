/** A column of numbers that grows by doubling: no object per element, no copy per append. */
export interface NumberColumn {
  push(value: number): void;
  /** A copy of exactly what was pushed. */
  take(): Uint32Array<ArrayBuffer>;
}

/** A column of byte strings of one width, packed. */
export interface BytesColumn {
  push(bytes: Uint8Array): void;
  /** A copy of exactly what was pushed. */
  take(): Uint8Array<ArrayBuffer>;
}

const FIRST_CAPACITY = 256;

export function numberColumn(): NumberColumn {
  let values = new Uint32Array(FIRST_CAPACITY);
  let count = 0;
  return {
    push: (value) => {
      if (count === values.length) {
        const larger = new Uint32Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[count] = value;
      count += 1;
    },
    take: () => values.slice(0, count),
  };
}

/** `width` bytes per element; pushing another width throws RangeError. */
export function bytesColumn(width: number): BytesColumn {
  let values = new Uint8Array(FIRST_CAPACITY * width);
  let end = 0;
  return {
    push: (bytes) => {
      if (bytes.length !== width) {
        throw new RangeError(`expected ${width} bytes, found ${bytes.length}`);
      }
      if (end === values.length) {
        const larger = new Uint8Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values.set(bytes, end);
      end += width;
    },
    take: () => values.slice(0, end),
  };
}
