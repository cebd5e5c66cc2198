import { FormatError } from './errors';
import { type OnnxTensor, readTensorProto, type TensorBudget } from './onnx-tensor';
import { LENGTH, type WireReader } from './protobuf';
import { quote } from './text';

/** Subgraphs in subgraphs; protobuf's own decoders stop at 100 messages, which is 33 graphs. */
const MAX_GRAPH_DEPTH = 32;
/** Most tensors in one file: far above any published one, and within 256 MB of heap. */
const MAX_TENSORS = 200_000;
/** All names together, paths of subgraphs included. */
const MAX_NAME_CHARACTERS = 64 * 1024 * 1024;

/** A place that tensors are named in: the main graph, a node's subgraph, a function. */
interface Scope {
  readonly parent: Scope | undefined;
  /** Set when the node that holds it is read to its end. */
  label: string;
}

interface Found {
  readonly tensor: OnnxTensor;
  readonly scope: Scope;
  /** Known only when the node that holds the tensor is read to its end. */
  readonly localName: () => string;
}

/** What one pass over a file's graphs gathers. */
export interface GraphWalk {
  readonly budget: TensorBudget;
  readonly found: Found[];
  nodes: number;
}

/** Facts of one graph, for display. */
export interface GraphFacts {
  name: string;
  inputs: number;
  outputs: number;
}

export function newWalk(): GraphWalk {
  return { budget: { dimensions: 0 }, found: [], nodes: 0 };
}

/** One GraphProto until `end`: initializers, and the tensors that its nodes hold. */
export function readGraph(
  reader: WireReader,
  end: number,
  walk: GraphWalk,
  label = '',
): GraphFacts {
  return readScopedGraph(reader, end, walk, { parent: undefined, label }, 0);
}

function readScopedGraph(
  reader: WireReader,
  end: number,
  walk: GraphWalk,
  scope: Scope,
  depth: number,
): GraphFacts {
  if (depth > MAX_GRAPH_DEPTH) {
    reader.fail(`subgraphs nested at most ${MAX_GRAPH_DEPTH} deep`, 'deeper ones');
  }
  const facts: GraphFacts = { name: '', inputs: 0, outputs: 0 };
  const initializers = new Set<string>();
  reader.message(end, (field, wire) => {
    if (field === 11) facts.inputs += 1;
    if (field === 12) facts.outputs += 1;
    if (field !== 1 && field !== 2 && field !== 5 && field !== 15) return false;
    reader.demand(wire, LENGTH, 'a part of a graph');
    if (field === 2) {
      facts.name = reader.note(end);
      return true;
    }
    const stop = reader.length(end) + reader.position;
    if (field === 1) readNode(reader, stop, walk, scope, depth);
    else readInitializer(reader, stop, walk, scope, initializers, field === 15);
    return true;
  });
  return facts;
}

function readInitializer(
  reader: WireReader,
  end: number,
  walk: GraphWalk,
  scope: Scope,
  names: Set<string>,
  sparse: boolean,
): void {
  const at = reader.position;
  const parts = sparse ? readSparse(reader, end, walk) : [readOne(reader, end, walk)];
  const name = parts[0]?.name ?? '';
  if (name !== '' && names.has(name)) {
    reader.fail('every initializer name once', `${quote(name)} again`, at);
  }
  names.add(name);
  parts.forEach((tensor, index) => {
    add(reader, walk, tensor, scope, () => partName(name, index));
  });
}

function partName(name: string, part: number): string {
  return part === 0 ? name : `${name}.indices`;
}

function readOne(reader: WireReader, end: number, walk: GraphWalk): OnnxTensor {
  return readTensorProto(reader, end, walk.budget);
}

/** SparseTensorProto: its values first, then its indices, whichever order the file has. */
function readSparse(reader: WireReader, end: number, walk: GraphWalk): OnnxTensor[] {
  let values: OnnxTensor | undefined;
  let indices: OnnxTensor | undefined;
  reader.message(end, (field, wire) => {
    if (field !== 1 && field !== 2) return false;
    reader.demand(wire, LENGTH, 'a sparse tensor');
    const stop = reader.length(end) + reader.position;
    const tensor = readOne(reader, stop, walk);
    if (field === 1) values = tensor;
    else indices = tensor;
    return true;
  });
  if (values === undefined) return reader.fail('the values of a sparse tensor', 'none');
  return indices === undefined ? [values] : [values, indices];
}

function add(
  reader: WireReader,
  walk: GraphWalk,
  tensor: OnnxTensor,
  scope: Scope,
  localName: () => string,
): void {
  walk.found.push({ tensor, scope, localName });
  if (walk.found.length > MAX_TENSORS) reader.fail(`at most ${MAX_TENSORS} tensors`, 'more');
}

interface Node {
  name: string;
  output: string;
  opType: string;
}

/** A NodeProto: tensors and subgraphs in its attributes. */
function readNode(
  reader: WireReader,
  end: number,
  walk: GraphWalk,
  scope: Scope,
  depth: number,
): void {
  const node: Node = { name: '', output: '', opType: '' };
  const subgraphs: { readonly scope: Scope; readonly attribute: Attribute }[] = [];
  walk.nodes += 1;
  let outputs = 0;
  reader.message(end, (field, wire) => {
    if (field < 2 || field > 5) return false;
    reader.demand(wire, LENGTH, 'a part of a node');
    if (field === 5) {
      const stop = reader.length(end) + reader.position;
      const attribute: Attribute = { name: '' };
      readAttribute(reader, stop, walk, { scope, depth, node, attribute, subgraphs });
    } else if (field === 2) {
      outputs += 1;
      if (outputs > 1) return false;
      node.output = reader.text(end);
    } else if (field === 3) node.name = reader.text(end);
    else node.opType = reader.text(end);
    return true;
  });
  for (const { scope: inner, attribute } of subgraphs) {
    inner.label = `${nodeLabel(node)}/${attribute.name}`;
  }
}

interface Attribute {
  name: string;
}

interface AttributeContext {
  readonly scope: Scope;
  readonly depth: number;
  readonly node: Node;
  readonly attribute: Attribute;
  readonly subgraphs: { readonly scope: Scope; readonly attribute: Attribute }[];
}

/** AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22 and 23. */
function readAttribute(
  reader: WireReader,
  end: number,
  walk: GraphWalk,
  context: AttributeContext,
): void {
  const { attribute, node, scope } = context;
  let ordinal = 0;
  reader.message(end, (field, wire) => {
    if (![1, 5, 6, 10, 11, 22, 23].includes(field)) return false;
    reader.demand(wire, LENGTH, 'a part of an attribute');
    if (field === 1) {
      attribute.name = reader.text(end);
      return true;
    }
    const stop = reader.length(end) + reader.position;
    if (field === 6 || field === 11) {
      const inner: Scope = { parent: scope, label: '' };
      context.subgraphs.push({ scope: inner, attribute });
      readScopedGraph(reader, stop, walk, inner, context.depth + 1);
      return true;
    }
    const sparse = field === 22 || field === 23;
    const parts = sparse ? readSparse(reader, stop, walk) : [readOne(reader, stop, walk)];
    const index = ordinal;
    ordinal += 1;
    parts.forEach((tensor, part) => {
      const localName = () => partName(attributeTensorName(node, attribute, index), part);
      add(reader, walk, tensor, scope, localName);
    });
    return true;
  });
}

function nodeLabel(node: Node): string {
  return node.name || node.output || node.opType;
}

/** A Constant's tensor is named as the value it makes; others by their node and attribute. */
function attributeTensorName(node: Node, attribute: Attribute, index: number): string {
  const suffix = index === 0 ? '' : `.${index}`;
  if (node.opType === 'Constant') return `${node.output || nodeLabel(node)}${suffix}`;
  return `${nodeLabel(node)}.${attribute.name}${suffix}`;
}

/** A FunctionProto until `end`: the tensors in its nodes. */
export function readFunction(reader: WireReader, end: number, walk: GraphWalk): void {
  const scope: Scope = { parent: undefined, label: '' };
  reader.message(end, (field, wire) => {
    if (field !== 1 && field !== 7) return false;
    reader.demand(wire, LENGTH, 'a part of a function');
    if (field === 1) {
      scope.label = reader.text(end);
      return true;
    }
    const stop = reader.length(end) + reader.position;
    readNode(reader, stop, walk, scope, 0);
    return true;
  });
}

/**
 * The tensors with names that are unique in the file: a name that several places use gets its
 * subgraph's path in front, and a number behind where that is not enough. `file` is for errors:
 * names made from long labels are refused before they fill the memory.
 */
export function namedTensors(walk: GraphWalk, file: string): (readonly [string, OnnxTensor])[] {
  let left = MAX_NAME_CHARACTERS;
  const spend = (name: string, tensor: OnnxTensor): string => {
    left -= name.length;
    if (left >= 0) return name;
    const expected = `names of at most ${MAX_NAME_CHARACTERS} characters in all`;
    throw new FormatError(file, tensor.at, expected, 'longer ones');
  };
  const names = walk.found.map((one) => spend(one.localName() || '(unnamed)', one.tensor));
  const uses = new Map<string, number>();
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  const taken = new Set<string>(names.filter((name) => uses.get(name) === 1));
  const nextNumber = new Map<string, number>();
  return walk.found.map(({ tensor, scope }, index) => {
    const name = names[index] ?? '';
    if (uses.get(name) === 1) return [name, tensor];
    const unique = untaken(spend(scopedName(scope, name), tensor), taken, nextNumber);
    taken.add(unique);
    return [unique, tensor];
  });
}

function scopedName(scope: Scope, name: string): string {
  const labels: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.label !== '') labels.unshift(at.label);
  }
  return [...labels, name].join('/');
}

/** `name`, or `name#2`, `name#3` and so on, whichever is free first. */
function untaken(name: string, taken: ReadonlySet<string>, next: Map<string, number>): string {
  if (!taken.has(name)) return name;
  let number = next.get(name) ?? 2;
  while (taken.has(`${name}#${number}`)) number += 1;
  next.set(name, number + 1);
  return `${name}#${number}`;
}
