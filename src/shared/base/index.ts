export * from './assert';
export * from './brand';
export * from './clip';
export * from './natural';
export * from './result';
export * from './units';
