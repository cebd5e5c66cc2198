export { FormatBadge } from './format-badge';
