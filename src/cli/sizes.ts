import { InvalidArgumentError } from 'commander';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1e3,
  KB: 1e3,
  KIB: 1024,
  M: 1e6,
  MB: 1e6,
  MIB: 1024 ** 2,
  G: 1e9,
  GB: 1e9,
  GIB: 1024 ** 3,
  T: 1e12,
  TB: 1e12,
  TIB: 1024 ** 4,
};

/** Largest family that may be asked for, bytes. */
const MAX_BYTES = 10e12;

/** `4GB`, `1.5 GiB`, `200000000` → bytes. Throws InvalidArgumentError. */
export function bytesArgument(text: string): number {
  const match = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-zA-Z]{0,3})\s*$/.exec(text);
  const factor = factors[(match?.[2] ?? '?').toUpperCase()];
  if (match === null || factor === undefined) {
    throw new InvalidArgumentError('Write a size such as 200MB, 4GB or 1.5GiB.');
  }
  const bytes = Math.floor(Number(match[1]) * factor);
  if (bytes < 1 || bytes > MAX_BYTES) {
    throw new InvalidArgumentError('A size from 1 byte to 10 TB is possible.');
  }
  return bytes;
}

/** A whole number from 0 to 2^53 - 2. Throws InvalidArgumentError. */
export function seedArgument(text: string): number {
  const seed = Number(text);
  if (/^\d{1,16}$/.test(text) && seed < Number.MAX_SAFE_INTEGER) return seed;
  throw new InvalidArgumentError('A seed is a whole number.');
}
