import type { OpenOutcome } from '../../shared/ipc';
import type { EngineAccess } from '../session/engine-access';
import type { Session } from '../session/session';
import type { LiveSettings } from '../settings/live';
import type { Handlers } from './router';

/** What the shell answers itself; everything else goes to the engine. */
export interface ShellServices {
  readonly engine: EngineAccess;
  readonly session: Session;
  readonly appInfo: Handlers['app.info'];
  readonly copyDiagnostics: () => Promise<void>;
  readonly openDialog: (kind: 'files' | 'folders') => Promise<OpenOutcome>;
  readonly openSamples: () => Promise<OpenOutcome>;
  readonly exportManifest: Handlers['manifest.export'];
  readonly settings: LiveSettings;
}

/** One handler per request of the contract. Parameters are parsed before they come here. */
export function createHandlers(services: ShellServices): Handlers {
  const { engine } = services;
  return { ...shellHandlers(services), ...engineHandlers(engine), ...similarityHandlers(engine) };
}

function shellHandlers(services: ShellServices) {
  const { session, settings } = services;
  return {
    'app.info': services.appInfo,
    'app.copyDiagnostics': async () => {
      await services.copyDiagnostics();
      return null;
    },
    'sources.openDialog': ({ kind }) => services.openDialog(kind),
    'sources.openTickets': async ({ tickets }) => ({
      opened: await session.openTickets(tickets),
      cancelled: false,
    }),
    'sources.openSamples': () => services.openSamples(),
    'sources.close': async ({ sourceId }) => {
      await session.close(sourceId);
      return null;
    },
    'home.recents': () => session.recents(),
    'home.forgetRecent': ({ ticket }) => {
      session.forgetRecent(ticket);
      return null;
    },
    'home.stores': () => session.stores(),
    'manifest.export': services.exportManifest,
    'settings.get': () => settings.get(),
    'settings.set': (patch) => settings.set(patch),
  } satisfies Partial<Handlers>;
}

function engineHandlers(engine: EngineAccess) {
  return {
    'sources.list': () => engine.call('sources.list', null),
    'sources.rescan': (params) => engine.call('sources.rescan', params),
    'models.list': () => engine.call('models.list', null),
    'models.detail': (params) => engine.call('models.detail', params),
    'models.metadataItems': (params) => engine.call('models.metadataItems', params),
    'models.metadataJson': (params) => engine.call('models.metadataJson', params),
    'models.union': (params) => engine.call('models.union', params),
    'tensors.page': (params) => engine.call('tensors.page', params),
    'tensors.children': (params) => engine.call('tensors.children', params),
    'tensors.detail': (params) => engine.call('tensors.detail', params),
    'savings.report': () => engine.call('savings.report', null),
    'problems.list': () => engine.call('problems.list', null),
    'jobs.list': () => engine.call('jobs.list', null),
    'jobs.pause': (params) => engine.call('jobs.pause', params),
    'jobs.resume': (params) => engine.call('jobs.resume', params),
    'jobs.cancel': (params) => engine.call('jobs.cancel', params),
    'jobs.fingerprint': async () => {
      await engine.call('jobs.fingerprint', null);
      return null;
    },
    'jobs.clearFinished': () => engine.call('jobs.clearFinished', null),
  } satisfies Partial<Handlers>;
}

/** Calls that start a job answer null: the page learns of it with the next 'jobs.changed'. */
function similarityHandlers(engine: EngineAccess) {
  return {
    'compare.report': (params) => engine.call('compare.report', params),
    'compare.page': (params) => engine.call('compare.page', params),
    'compare.map': (params) => engine.call('compare.map', params),
    'compare.verify': async (params) => {
      await engine.call('compare.verify', params);
      return null;
    },
    'similarity.counts': (params) => engine.call('similarity.counts', params),
    'similarity.matches': (params) => engine.call('similarity.matches', params),
    'similarity.verify': async () => {
      await engine.call('similarity.verify', null);
      return null;
    },
    'families.report': () => engine.call('families.report', null),
    'estimate.latest': () => engine.call('estimate.latest', null),
    'estimate.run': async (params) => {
      await engine.call('estimate.run', params);
      return null;
    },
  } satisfies Partial<Handlers>;
}
