export { Card, Kpi, Kpis, Tag } from './card';
