import { type FragmentType, fragmentTypes } from '../../../shared/domain';

interface TypeWords {
  readonly label: string;
  /** For a narrow column. */
  readonly short: string;
  /** What such a tensor does, for somebody who does not know the word. */
  readonly meaning: string;
}

/** Fragment types as a person meets them on screen. */
export const typeWords: Readonly<Record<FragmentType, TypeWords>> = {
  'attention-query': {
    label: 'Attention query',
    short: 'Attn Q',
    meaning: 'Makes the question that each token asks of the others.',
  },
  'attention-key': {
    label: 'Attention key',
    short: 'Attn K',
    meaning: 'Makes what a token is found by when others ask.',
  },
  'attention-value': {
    label: 'Attention value',
    short: 'Attn V',
    meaning: 'Makes what a token hands over when it is found.',
  },
  'attention-output': {
    label: 'Attention output',
    short: 'Attn out',
    meaning: 'Puts together what the attention heads found.',
  },
  'attention-qkv': {
    label: 'Attention Q+K+V',
    short: 'Attn QKV',
    meaning: 'Two or three of query, key and value kept as one matrix.',
  },
  'feed-forward': {
    label: 'Feed-forward',
    short: 'FFN',
    meaning: 'The layers between attentions that work on each token alone; most of many models.',
  },
  expert: {
    label: 'Expert',
    short: 'Expert',
    meaning:
      'A feed-forward part that only some tokens pass through, or the router that chooses it.',
  },
  normalization: {
    label: 'Normalization',
    short: 'Norm',
    meaning: 'Keeps values in range between layers: scales, and running means and variances.',
  },
  embedding: {
    label: 'Embedding',
    short: 'Embed',
    meaning: 'Turns tokens, times or labels into vectors.',
  },
  'output-head': {
    label: 'Output head',
    short: 'Head',
    meaning: 'Turns the last hidden state into the answer: words, classes, pixels.',
  },
  convolution: {
    label: 'Convolution',
    short: 'Conv',
    meaning: 'A small filter that slides over an image or a signal.',
  },
  adapter: {
    label: 'Adapter',
    short: 'Adapter',
    meaning: 'A small update that is added to another model’s layer, such as LoRA.',
  },
  position: {
    label: 'Position',
    short: 'Position',
    meaning: 'Tells the network where in the text or picture something stands.',
  },
  bias: {
    label: 'Bias',
    short: 'Bias',
    meaning: 'Numbers that a layer adds to its result.',
  },
  generic: {
    label: 'Generic',
    short: 'Generic',
    meaning: 'The name does not tell what it does.',
  },
};

export const typeLabel = (type: FragmentType): string => typeWords[type].label;

/** `types` in the order in which they are told everywhere, each once. */
export const inTypeOrder = (types: Iterable<FragmentType>): readonly FragmentType[] => {
  const wanted = new Set(types);
  return fragmentTypes.filter((type) => wanted.has(type));
};
