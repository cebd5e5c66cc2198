export { byteTicks } from './byte-ticks';
export { clipLabel } from './clip-label';
export { glyphOf, type Part, type PartTone, partsText } from './parts';
export { type ChartTone, fillOf, PatternDefs } from './pattern-defs';
export { Legend, StackedBar } from './stacked-bar';
