/** The compiler that builds zstd-napi where its prebuilt binary cannot be had. */
import { installPackages, thisSystem } from './apt.mjs';
import { which } from './run.mjs';

const tools = { 'g++': 'g++', make: 'make', python3: 'python3' };

/** The build tools that are not on PATH. */
export function missingTools(find = which) {
  return Object.keys(tools).filter((tool) => find(tool) === undefined);
}

/** Installs the missing build tools, or throws with the command to run. Returns what it installed. */
export async function ensureToolchain(missing = missingTools(), system = thisSystem()) {
  if (missing.length > 0 && process.platform === 'linux') {
    await installPackages(
      missing.map((tool) => [tools[tool]]),
      'zstd-napi must be built from source',
      system,
    );
  }
  return missing;
}
