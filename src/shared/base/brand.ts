declare const brand: unique symbol;

/** A nominal type: a plain value at run time, told apart by the type checker. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** BLAKE3-256 of a fragment's raw bytes, 64 lower-case hex digits. */
export type FragmentId = Brand<string, 'FragmentId'>;
/** BLAKE3-256 of a tensor's raw bytes, 64 lower-case hex digits. */
export type TensorHash = Brand<string, 'TensorHash'>;
/** SHA-256 of a whole file, 64 lower-case hex digits. */
export type FileDigest = Brand<string, 'FileDigest'>;
/** First 16 hex digits of the BLAKE3 of a model's canonical location. Stable across runs. */
export type ModelId = Brand<string, 'ModelId'>;
/** One opened folder or file. Minted by the engine, stable across runs for one path. */
export type SourceId = Brand<string, 'SourceId'>;
export type JobId = Brand<string, 'JobId'>;
/** An opaque stand-in for a path that the user chose; only the main process knows the path. */
export type PathTicket = Brand<string, 'PathTicket'>;
