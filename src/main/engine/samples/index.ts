/** Made-up model families with realistic weights, for a first look, for tests and for benchmarks. */
export {
  DEFAULT_SEED,
  DEFAULT_SIZE,
  type SampleFamily,
  type SampleFile,
  type SampleModel,
  type SampleRelation,
  sampleFamily,
} from './family';
export {
  ForeignFileError,
  type SamplesWritten,
  type WriteSamplesOptions,
  writeSamples,
} from './write';
