export { EngineHost } from './host';
export {
  type EngineCallName,
  type EngineCalls,
  EngineError,
  type EngineEventName,
  type EngineEvents,
  type EngineOptions,
  type EngineParams,
  type EngineValue,
  type ManifestCheck,
  type ManifestFinding,
} from './protocol';
