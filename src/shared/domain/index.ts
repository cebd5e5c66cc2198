export * from './format';
export * from './fragment-type';
export * from './job';
export * from './manifest';
export * from './model';
export * from './problem';
export * from './savings';
export * from './source';
