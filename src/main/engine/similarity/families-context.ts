import { createHash } from 'node:crypto';
import { compareNatural } from '../../../shared/base';
import { adapterOf } from './adapters-names';
import type { Context, FamilyInput, FamilyModel, Node } from './families-input';
import { stepOf, versionStem } from './steps';

/** Puts the models into the natural order of their names, then of their ids. Yields after each. */
export function* contextOf(input: FamilyInput): Generator<void, Context> {
  const sorted = [...input.models].sort(
    (a, b) => compareNatural(a.model.name, b.model.name) || (a.model.id < b.model.id ? -1 : 1),
  );
  const nodes: Node[] = [];
  for (const entry of sorted) {
    nodes.push(nodeOf(entry, nodes.length));
    yield;
  }
  const asked = new Map<number, readonly number[]>();
  return {
    ...input,
    rows: (tensor, base) => input.rows?.(tensor, base),
    partners: (id) => input.partners(id),
    candidates: (signed) => {
      const known = asked.get(signed) ?? input.candidates(signed);
      asked.set(signed, known);
      return known;
    },
    similar: input.thresholds.similar,
    nodes,
    byId: new Map(nodes.map((node) => [node.entry.model.id, node])),
  };
}

function nodeOf(entry: FamilyModel, at: number): Node {
  const distinct = new Map<number, number>();
  let tensorBytes = 0;
  let unhashed = 0;
  let elements = 0;
  for (const tensor of entry.model.tensors) {
    tensorBytes += tensor.byteLength;
    elements += tensor.elements;
    if (tensor.digest >= 0) distinct.set(tensor.digest, tensor.byteLength);
    else unhashed += tensor.byteLength;
  }
  const inTensors = [...distinct.values()].reduce((sum, bytes) => sum + bytes, unhashed);
  return {
    at,
    entry,
    architecture: architectureOf(entry),
    tensorBytes,
    otherBytes: Math.max(0, entry.logicalBytes - inTensors),
    bits: elements === 0 ? 0 : (tensorBytes * 8) / elements,
    step: stepOf(entry.model.name, entry.folder),
    stem: versionStem(entry.model.name),
    adapter: adapterOf(entry.model),
  };
}

function architectureOf({ model }: FamilyModel): string {
  const hash = createHash('sha256');
  const words = model.tensors.map(({ name, shape }) => `${name}\0${shape.join('x')}`);
  return hash.update(words.join('\n')).digest('base64');
}
