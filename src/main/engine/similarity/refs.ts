import type { TensorRef } from '../../../shared/domain';
import type { Member } from './members';

/** Names a tensor for people and for requests. */
export function tensorRef({ model, similar }: Member, index: number): TensorRef {
  const tensor = similar.tensors[index];
  if (tensor === undefined) throw new RangeError(`${model.name} has no tensor ${index}`);
  const { name, dtype, shape, byteLength } = tensor;
  return { modelId: model.id, modelName: model.name, index, name, dtype, shape, byteLength };
}
