import type { Problem } from '../../../shared/domain';
import { type GgufSplit, ggufSplit } from '../formats/gguf-facts';
import { quote } from '../formats/text';
import type { ReadWeights } from './assemble';
import { isSliced, parseShardName } from './parts';

const hint = 'Parts of different models may have been mixed: download the set again together.';

/**
 * Findings between the files of one set, told from their headers: a part that says it is another
 * one or is not named as one, parts of different sets, a tensor in two parts. `countTensors`: no
 * index does that.
 */
export function setFindings(weights: readonly ReadWeights[], countTensors: boolean): Problem[] {
  const parts = weights.filter(({ file }) => parseShardName(file.name) !== undefined);
  return [
    ...weights.flatMap(numberFinding),
    ...totalFinding(parts),
    ...(countTensors ? repeatFinding(parts) : []),
  ];
}

function splitOf({ header }: ReadWeights): GgufSplit | undefined {
  return header.format === 'gguf' ? ggufSplit(header) : undefined;
}

function numberFinding(part: ReadWeights): Problem[] {
  const split = splitOf(part);
  if (split === undefined) return [];
  const name = parseShardName(part.file.name);
  const found =
    split.problem === undefined
      ? `part ${split.part + 1} of ${split.parts}`
      : `a part that ${split.problem}`;
  if (name?.total === undefined) return [unnamedPart(part, found)];
  if (split.problem === undefined && split.part + 1 === name.number && split.parts === name.total) {
    return [];
  }
  const expected = `part ${name.number} of ${name.total}`;
  const error = `This file is named ${expected}, but says that it is ${found}.`;
  return [{ file: part.file.path, kind: 'malformed', error, expected, found, hint }];
}

/** A part under a name of its own: the others cannot be found. */
function unnamedPart({ file }: ReadWeights, found: string): Problem {
  return {
    file: file.path,
    kind: 'missing-shard',
    error: `This file says that it is ${found}, but is not named as a part, so the others are not looked for.`,
    expected: 'a name like model-00001-of-00002.gguf',
    found,
    hint: 'Give all parts their first names back; until then each is shown alone.',
  };
}

/** All parts state the tensors of the whole set. */
function totalFinding(parts: readonly ReadWeights[]): Problem[] {
  const stated = parts.flatMap((part) => {
    const tensors = splitOf(part)?.tensors;
    return tensors === undefined ? [] : [{ part, tensors }];
  });
  const [first] = stated;
  if (first === undefined) return [];
  const other = stated.find(({ tensors }) => tensors !== first.tensors);
  if (other !== undefined) {
    const error = `This part belongs to a set of ${other.tensors} tensors, the first one to a set of ${first.tensors}.`;
    return [totalProblem(other.part, error, first.tensors, other.tensors)];
  }
  const isWhole = parts.length === parseShardName(first.part.file.name)?.total;
  const held = parts.reduce((sum, { header }) => sum + header.tensors.length, 0);
  if (!isWhole || held === first.tensors) return [];
  const error = `The parts state ${first.tensors} tensors together and hold ${held}.`;
  return [totalProblem(first.part, error, first.tensors, held)];
}

function totalProblem(part: ReadWeights, error: string, expected: number, found: number): Problem {
  return {
    file: part.file.path,
    kind: 'malformed',
    error,
    expected: `${expected} tensors`,
    found: `${found} tensors`,
    hint,
  };
}

function repeatFinding(parts: readonly ReadWeights[]): Problem[] {
  if (parts.length < 2 || parts.every(({ file }) => isSliced(file.name))) return [];
  const owners = new Map<string, ReadWeights>();
  const repeated: { readonly name: string; readonly part: ReadWeights }[] = [];
  for (const part of parts) {
    for (const { name } of part.header.tensors) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, part);
      else if (owner !== part) repeated.push({ name, part });
    }
  }
  const [first] = repeated;
  if (first === undefined) return [];
  const others = repeated.length > 1 ? ` and ${repeated.length - 1} others are` : ' is';
  return [
    {
      file: first.part.file.path,
      kind: 'malformed',
      error: `The tensor ${quote(first.name)}${others} in two parts of one set.`,
      expected: 'every tensor in one part',
      found: `${quote(first.name)} again`,
      hint,
    },
  ];
}
