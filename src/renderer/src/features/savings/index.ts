export { SavingsScreen } from './savings-screen';
