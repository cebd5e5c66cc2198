export { ModelsInspector } from './models-inspector';
