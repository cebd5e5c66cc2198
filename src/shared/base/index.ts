export * from './assert';
export * from './brand';
export * from './natural';
export * from './result';
export * from './units';
