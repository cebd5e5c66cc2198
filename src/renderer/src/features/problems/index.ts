export { ProblemsScreen } from './problems-screen';
