export { NameText } from './name-text';
