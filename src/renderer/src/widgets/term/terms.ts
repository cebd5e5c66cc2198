/** The words of docs/design.md as a person meets them on screen, each with its one meaning. */
export const terms = {
  logical: {
    label: 'Logical',
    meaning: 'The size of the files, as the file manager shows it.',
  },
  unique: {
    label: 'Unique bytes',
    meaning: 'The bytes that differ: every fragment counted once, however often it occurs.',
  },
  exclusive: {
    label: 'Exclusive',
    meaning:
      'Bytes that no other open model has. What would be freed, with fragments stored once, if only this model left.',
  },
  shared: {
    label: 'Shared',
    meaning: 'Bytes that two or more open models have, identical bit for bit, each counted once.',
  },
  sharing: {
    label: 'Sharing',
    meaning:
      'Green: bytes that other models have too. Striped: repeats inside the model. Grey: bytes only here.',
  },
  freed: {
    label: 'Freed if all leave',
    meaning:
      'With fragments stored once: the bytes that none of the models staying behind needs. Exclusive sizes never sum to this.',
  },
  'stored-once': {
    label: 'If stored once',
    meaning:
      'What would be on disk if every identical fragment were kept once. Nothing is compressed or lost.',
  },
  elsewhere: {
    label: 'Identical elsewhere',
    meaning:
      'Bytes of which an exact copy stands elsewhere among the open models. On disk now, less these, is what is left if stored once.',
  },
  fragment: {
    label: 'Fragment',
    meaning:
      'A piece of a tensor, or of the bytes between tensors, of at most 1 MiB, named by the hash of its bytes.',
  },
  fingerprint: {
    label: 'Fingerprint',
    meaning:
      'The hashes of a model: SHA-256 of its files, BLAKE3 of its tensors and fragments. Read once, then remembered.',
  },
  tensor: {
    label: 'Tensors',
    meaning: 'Named arrays of numbers in a model file: its weights.',
  },
  dtype: {
    label: 'Dtype',
    meaning: 'The number type of the elements: BF16 and F16 take 2 bytes, F32 takes 4.',
  },
  parameters: {
    label: 'Parameters',
    meaning: 'The elements of all tensors together. Packed formats hold several per byte or word.',
  },
  'stated-name': {
    label: 'Stated name',
    meaning: 'The model’s name in the words of its files; files are often renamed.',
  },
  architecture: {
    label: 'Architecture',
    meaning: 'The kind of network, in the words of the file that states it.',
  },
  'base-model': {
    label: 'Made from',
    meaning: 'The model that this one was trained, adapted or quantised from, as its files state.',
  },
  context: {
    label: 'Context length',
    meaning: 'The most tokens that the model takes at once, as its files state.',
  },
  layers: {
    label: 'Blocks',
    meaning: 'How many times the network’s repeated block occurs, as its files state.',
  },
  recipe: {
    label: 'Quantised as',
    meaning:
      'The recipe that the writer names. Which dtypes came of it stands below, counted from the tensors.',
  },
  mix: {
    label: 'Bytes by dtype',
    meaning:
      'How the tensors’ bytes divide among number types. Quantised files mix several: the parts that matter most keep more bits.',
  },
  adapter: {
    label: 'Adapter',
    meaning:
      'A small update that is added to another model. Rank is its size, alpha the strength it was trained with.',
  },
  producer: {
    label: 'Producer',
    meaning: 'The program or person that wrote the file, by its own word.',
  },
  opset: {
    label: 'Opset',
    meaning:
      'The version of each set of operators that an ONNX graph uses. A runtime must know at least these.',
  },
  framework: {
    label: 'Library',
    meaning: 'The library that wrote the files, with its version where they state it.',
  },
  licence: {
    label: 'Licence',
    meaning: 'As the files state it; the publisher’s page may say more.',
  },
  optimizer: {
    label: 'Optimizer state',
    meaning:
      'What training needs to go on, not what the model needs to run. It is counted in the size and the parameters.',
  },
  globals: {
    label: 'Asks for',
    meaning:
      'Python functions and classes that the file names for loading it. Tessera reads the names and calls none of them.',
  },
  identical: {
    label: 'Identical',
    meaning:
      'Equal bytes, by their BLAKE3 hash. Nothing that is only alike is ever called identical.',
  },
  cast: {
    label: 'Cast',
    meaning:
      'The bytes of one follow bit for bit from the other’s by converting the number type, transposing, or both.',
  },
  near: {
    label: 'Near',
    meaning:
      'Of one shape, with values that agree to the threshold “similar” of the settings or better: what a fine-tune leaves.',
  },
  agreement: {
    label: 'Agreement',
    meaning:
      'Lin’s concordance of the values: 1 for equal ones, about 0 for unrelated ones, and far from 1 for a doubled, shifted or negated tensor.',
  },
  cosine: {
    label: 'Cosine',
    meaning:
      'The cosine of the angle between the two tensors, taken as vectors: 1 is the same direction, whatever the length.',
  },
  'relative-l2': {
    label: 'Relative L2',
    meaning:
      'The length of the difference, as a part of the base’s length: 0 is equal, 0.01 a change of one percent.',
  },
  'differing-bits': {
    label: 'Differing bits',
    meaning:
      'How many bits of an element differ on average. Below about 4.5 of 16, storing only the difference saves much.',
  },
  'max-difference': {
    label: 'Largest change',
    meaning: 'The largest difference between two values in the same place.',
  },
  'delta-size': {
    label: 'Stored',
    meaning:
      'Predicted bytes, if only the difference to the base were stored, without loss. Nothing is stored yet.',
  },
  estimated: {
    label: 'estimated',
    meaning:
      'From signatures: samples of at most 4,096 values of each tensor. Measuring reads all of the data.',
  },
  'fragment-type': {
    label: 'Type',
    meaning:
      'What a tensor does in its network, told from the words of its name: attention, feed-forward, normalization and so on.',
  },
  score: {
    label: 'Score',
    meaning:
      'How well the values of two tensors agree: 1 for equal ones, near 0 for unrelated ones. A fine-tune of a layer often scores above 0.99.',
  },
  'threshold-exact': {
    label: 'Exact',
    meaning:
      'Values agree to about four digits; bytes may differ, and every byte is kept. Only equal bytes are ever called identical.',
  },
  'threshold-near': {
    label: 'Near-duplicate',
    meaning:
      'Nearly the same values, as after a short fine-tune or a rounding. Such a tensor can be kept as a small difference, without loss.',
  },
  'threshold-similar': {
    label: 'Similar',
    meaning:
      'Clearly related values, as after a long fine-tune. A difference may still be smaller than the tensor itself.',
  },
  packed: {
    label: 'If packed',
    meaning:
      'What the open models would take in a library: equal parts once, near ones as differences, the rest compressed. Every byte can be restored.',
  },
  'cause-exact': {
    label: 'Equal parts kept once',
    meaning: 'Tensors and other fragments whose bytes occur more than once.',
  },
  'cause-cast': {
    label: 'Converted copies',
    meaning:
      'Tensors that follow bit for bit from another by converting the number type, such as F32 to F16.',
  },
  'cause-delta': {
    label: 'Differences',
    meaning:
      'Tensors kept as what differs from a near one; counted is what that saves beyond compression alone.',
  },
  'cause-compression': {
    label: 'Compression',
    meaning: 'What lossless compression saves on all that is left.',
  },
  opaque: {
    label: 'opaque',
    meaning: 'No reader understands this file yet. It is treated as plain bytes.',
  },
  manifest: {
    label: 'Manifest',
    meaning:
      'A JSON file that maps a model’s files to tensors and fragments: enough to check or rebuild every byte.',
  },
} as const;

export type TermName = keyof typeof terms;
