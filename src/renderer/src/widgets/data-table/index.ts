export { type RowGroup, useArrayRows, useGroupedRows } from './array-rows';
export { type Column, type Sort, type SortDirection, sortRows } from './columns';
export { DataTable, type DataTableProps, type TableHandle } from './data-table';
export type { GetPage, Page, PageView } from './page-cache';
export { type PagedRows, usePagedRows } from './paged-rows';
export type { RowSource } from './row-source';
export { useTypeAhead } from './type-ahead';
export { useClientWidth } from './use-columns';
export type { SelectionMode } from './use-grid-selection';
