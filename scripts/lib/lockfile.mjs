/** What package-lock.json says, compared with what is installed and with what it should say. Pure functions. */

/**
 * Whether an installed tree holds exactly what the lock file asks for. An optional package may be absent (it is for
 * another platform), but not present in another version.
 * @param {object} lock package-lock.json
 * @param {object | undefined} installed node_modules/.package-lock.json, which npm writes after every install
 */
export function isInstalled(lock, installed) {
  const have = installed?.packages;
  if (have === undefined) {
    return false;
  }
  const wanted = Object.entries(lock.packages).filter(([where]) => where !== '');
  return (
    wanted.every(([where, entry]) => agrees(entry, have[where])) &&
    Object.keys(have).every((where) => lock.packages[where] !== undefined)
  );
}

function agrees(wanted, present) {
  if (present === undefined) {
    return wanted.optional === true || wanted.peer === true;
  }
  return present.version === wanted.version;
}

/**
 * The optional packages that some package names and the lock file does not list. npm leaves them out when the registry
 * it asks does not carry the packages of other platforms, and `npm ci` then refuses the file.
 * @returns {{name: string, version: string, parent: string}[]}
 */
export function missingOptionals(lock) {
  return Object.entries(lock.packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => resolveIn(lock.packages, parent, name) === undefined)
      .map(([name, version]) => ({ name, version, parent })),
  );
}

/** Where Node would find `name` from the package at `from`: the key in the lock file, or undefined. */
function resolveIn(packages, from, name) {
  const folders = from
    .split('/node_modules/')
    .map((_, i, all) => all.slice(0, all.length - i).join('/node_modules/'));
  return [...folders, '']
    .map((folder) => (folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`))
    .find((key) => packages[key] !== undefined);
}

/**
 * The lock file with the missing platform packages added, the platform read from their names. They carry no integrity
 * (it is not known where they were left out), and only other platforms than the one that wrote the file ever use them.
 * @throws {Error} when a package's version is not exact or its platform cannot be read from its name
 */
export function completeLock(lock) {
  const packages = { ...lock.packages };
  for (const { name, version, parent } of missingOptionals(lock)) {
    const { dev, engines, license } = lock.packages[parent];
    const added = {
      version: exact(name, version),
      ...platformOf(name),
      dev,
      license,
      optional: true,
      engines,
    };
    packages[`node_modules/${name}`] = JSON.parse(JSON.stringify(added));
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

function exact(name, version) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`${name} is asked for as "${version}", which is not one version`);
  }
  return version;
}

/** The `os`, `cpu` and `libc` fields that a platform package's name stands for. */
export function platformOf(name) {
  const tail = name.slice(name.lastIndexOf('/') + 1);
  const os =
    /(?<![a-z])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)/.exec(
      tail,
    )?.[1];
  const cpu = /(?<![a-z0-9])(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64|wasm32)/.exec(
    tail,
  )?.[1];
  if (os === undefined || cpu === undefined) {
    throw new Error(`${name}: its platform cannot be read from its name`);
  }
  const libc = /musl/.test(tail) ? { libc: ['musl'] } : {};
  return { cpu: [cpu], ...libc, os: [os] };
}
