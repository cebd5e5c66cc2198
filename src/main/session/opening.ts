import type { OpenOutcome } from '../../shared/ipc';
import type { Launch } from '../launch/command-line';
import type { MainWindow } from '../windows/main-window';
import type { EngineAccess } from './engine-access';
import { openByDialog } from './open-dialog';
import { sampleFolder } from './samples';
import type { Session } from './session';

/** The ways in which something gets opened, other than by ticket. */
export interface Opening {
  byDialog(kind: 'files' | 'folders'): Promise<OpenOutcome>;
  /** Writes the sample models if they are not there yet. */
  samples(): Promise<OpenOutcome>;
  /** What the command line asked for, else the last session; a tour without paths: the samples. */
  atStart(launch: Launch): Promise<number>;
}

export interface OpeningParts {
  readonly engine: EngineAccess;
  readonly session: Session;
  readonly window: MainWindow;
  readonly dataFolder: string;
}

export function createOpening({ engine, session, window, dataFolder }: OpeningParts): Opening {
  let writing: Promise<string> | null = null;
  /** One write at a time, however often it is asked for. */
  const samplesWritten = () => {
    writing ??= sampleFolder(engine, dataFolder).finally(() => {
      writing = null;
    });
    return writing;
  };
  const samples = async () => ({
    opened: await session.open([await samplesWritten()]),
    cancelled: false,
  });
  return {
    samples,
    byDialog: (kind) => openByDialog(session, window.current(), kind),
    atStart: async ({ paths, tourFolder }) => {
      if (paths.length > 0) return session.open(paths);
      return tourFolder === null ? session.restore() : (await samples()).opened;
    },
  };
}
