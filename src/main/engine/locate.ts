/**
 * A built file of the main process. Bundles lie beside each other; where the sources run
 * unbundled (tests), the build's output folder serves.
 */
export function builtFile(name: string): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? `../../../out/main/${name}` : `./${name}`, here);
}
