export { Term } from './term';
export { type TermName, terms } from './terms';
