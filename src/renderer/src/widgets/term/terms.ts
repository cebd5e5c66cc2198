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
