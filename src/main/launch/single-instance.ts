import { app } from 'electron';
import { z } from 'zod';
import { absolutePath } from './command-line';
import type { Inbox } from './inbox';

const handoverSchema = z.object({ paths: z.array(z.string().min(1).max(32_768)).max(10_000) });

/**
 * One instance per user data folder. False: another one runs and has been handed `paths` (absolute);
 * this process must end. True: paths of later instances come into the inbox, and so do files that
 * the system asks for (macOS).
 */
export function becomeOnlyInstance(paths: readonly string[], inbox: Inbox): boolean {
  if (!app.requestSingleInstanceLock({ paths: [...paths] })) return false;
  app.on('second-instance', (_event, _argv, _folder, handover) => {
    const parsed = handoverSchema.safeParse(handover);
    inbox.push(parsed.success ? parsed.data.paths : []);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    const absolute = absolutePath(path, '/');
    inbox.push(absolute === null ? [] : [absolute]);
  });
  return true;
}
