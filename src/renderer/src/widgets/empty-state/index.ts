export { EmptyState, ErrorNote, Skeleton } from './empty-state';
