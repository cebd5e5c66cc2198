/** What a tensor does in its network, told from its layer's name by tokens (never substrings). */
export const fragmentTypes = [
  'attention-query',
  'attention-key',
  'attention-value',
  'attention-output',
  'attention-qkv',
  'feed-forward',
  'expert',
  'normalization',
  'embedding',
  'output-head',
  'convolution',
  'adapter',
  'position',
  'bias',
  'generic',
] as const;

export type FragmentType = (typeof fragmentTypes)[number];
