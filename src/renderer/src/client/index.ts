export { ClientError, call, openDropped, subscribe, toClientError } from './client';
export type { QueryState } from './query-cache';
export { beginWork } from './settled';
export {
  type Action,
  connectQueryCache,
  type QueryOptions,
  queryCache,
  useAction,
  useQuery,
} from './use-query';
