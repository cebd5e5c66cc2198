import { describe, expect, it } from 'vitest';
import { call, dict, global, int, list, none, pickle, raw, tuple } from './testing/pickle-file';
import { archive, floats, tensor } from './testing/pytorch-file';
import { names, read } from './testing/pytorch-read';

describe('TorchScript', () => {
  const module = (name: string, attributes: Readonly<Record<string, Uint8Array>>) =>
    raw(global(`__torch__.${name}`, 'M'), ')', 0x81, dict(attributes), 'b');
  const inner = module('inner', {
    weight: tensor(),
    list: call(global('torch.jit._pickle', 'build_intlist'), list(int(1))),
  });
  const members = [
    { name: 'archive/constants.pkl', data: pickle(tuple(tensor({ elements: 1, shape: [1] }))) },
    { name: 'archive/constants/0', data: floats(9) },
  ];

  it('has attributes as names, and its constants beside them', () => {
    const file = archive(pickle(module('outer', { training: none, inner })), { members });
    const header = read(file);
    expect(names(header)).toEqual(['constants.0', 'inner.weight']);
    const offset = header.tensors[0]?.offset ?? 0;
    expect(file.subarray(offset, offset + 4)).toEqual(floats(9));
    expect(header.metadata.container).toBe('TorchScript archive');
  });

  it('holds code where its pickles name anything but its own classes', () => {
    const evil = archive(pickle(module('outer', { x: global('os', 'system') })), { members });
    expect(read(evil).opaqueReason).toBe('Holds code: os.system.');
    const dotted = archive(pickle(global('__torch__.x', 'M.__init__')), { members });
    expect(read(dotted).opaqueReason).toMatch(/Holds code/);
  });
});
