export type { HeatPaint } from './draw';
export { Heatmap, type HeatmapProps } from './heatmap';
export type { HeatPlace } from './layout';
