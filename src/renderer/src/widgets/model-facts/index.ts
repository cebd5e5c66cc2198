export { ModelFactsView } from './model-facts';
