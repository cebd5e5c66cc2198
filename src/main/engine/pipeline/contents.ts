import { type Inventory, type InventorySource, inventoryOf } from '../estimate/inventory';

/** The fragments of every content of an inventory, in columns: some 13 bytes each. */
export interface ContentFragments {
  /** Fragments of content i: from `starts[i]` to before `starts[i + 1]`. */
  readonly starts: Float64Array;
  /** Of each fragment, in file order: its digest's number, bytes, and 1 where no earlier one is equal. */
  readonly digests: Int32Array;
  readonly lengths: Uint32Array;
  readonly novel: Uint8Array;
  /** The 32 bytes of a digest's number. */
  readonly hashOf: (digest: number) => Uint8Array;
}

export interface PackableContents {
  readonly inventory: Inventory;
  readonly fragments: ContentFragments;
}

/**
 * An inventory with the digests of all its fragments, which the inventory itself does not keep.
 * `hashOf`: the 64 hex digits of a digest's number. Throws as `inventoryOf` does.
 */
export function packableContents(
  source: InventorySource & { readonly hashOf: (digest: number) => string },
): PackableContents {
  const digests: number[] = [];
  const lengths: number[] = [];
  const novel: number[] = [];
  const starts: number[] = [];
  const seen = new Set<number>();
  // The inventory asks for the fragments of each of its contents once, in their order.
  const inventory = inventoryOf({
    ...source,
    forEachFragment: (file, visit) => {
      starts.push(digests.length);
      source.forEachFragment(file, (digest, bytes) => {
        digests.push(digest);
        lengths.push(bytes);
        novel.push(seen.has(digest) ? 0 : 1);
        seen.add(digest);
        visit(digest, bytes);
      });
    },
  });
  if (starts.length !== inventory.contents.length) {
    throw new Error(`expected ${inventory.contents.length} contents, found ${starts.length}`);
  }
  const fragments = {
    starts: Float64Array.from([...starts, digests.length]),
    digests: Int32Array.from(digests),
    lengths: Uint32Array.from(lengths),
    novel: Uint8Array.from(novel),
    hashOf: (digest: number) => Buffer.from(source.hashOf(digest), 'hex'),
  };
  return { inventory, fragments };
}
