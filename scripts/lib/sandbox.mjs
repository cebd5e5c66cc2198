/** Chromium's sandbox: when it must be off, and when the system would not let it work. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './log.mjs';

/** Chromium refuses to run sandboxed as root; only then, and only from here, it is started without. */
export function sandboxArgs(isRoot = process.getuid?.() === 0) {
  return isRoot ? ['--no-sandbox'] : [];
}

/**
 * Where the kernel keeps user namespaces from ordinary users (Ubuntu 24.04 does), the runtime's own helper must belong
 * to root. Throws with the command that does it; returns the line to print.
 */
export function checkSandbox(
  folder,
  isRoot = process.getuid?.() === 0,
  limited = namespacesLimited(),
) {
  if (process.platform !== 'linux') {
    return 'on';
  }
  if (isRoot) {
    return 'off (--no-sandbox), because this is root and Chromium would not start';
  }
  const helper = path.join(folder, 'chrome-sandbox');
  if (limited && !isSetuidRoot(helper)) {
    throw new SetupError(
      'this system keeps user namespaces from Chromium, so its sandbox needs a helper that belongs to root',
      `sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}"`,
    );
  }
  return 'on';
}

function isSetuidRoot(file) {
  try {
    const { uid, mode } = statSync(file);
    return uid === 0 && (mode & 0o4111) === 0o4111;
  } catch {
    return false;
  }
}

/** Whether a kernel setting forbids unprivileged user namespaces. */
function namespacesLimited() {
  return (
    kernelSetting('apparmor_restrict_unprivileged_userns') === '1' ||
    kernelSetting('unprivileged_userns_clone') === '0'
  );
}

function kernelSetting(name) {
  try {
    return readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
