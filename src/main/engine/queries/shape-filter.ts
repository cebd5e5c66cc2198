import { EngineError } from '../protocol';

export type ShapeTest = (shape: readonly number[]) => boolean;

const help = 'Write sizes joined by x, with * for any: 4096x*, *x3x3; or a rank: 2d, >=3d.';

/**
 * `4096x*`: two dimensions, the first 4096. `4096`: one dimension. `2d`, `>=2d`, `<=1d`, `>2d`,
 * `<2d`: by rank. Several, joined by commas: any of them. Empty: everything.
 * Throws EngineError `invalid-filter`.
 */
export function parseShapeFilter(text: string): ShapeTest {
  const parts = text
    .toLowerCase()
    .split(',')
    .map((part) => part.replace(/\s+/g, ''))
    .filter((part) => part !== '');
  if (parts.length === 0) return () => true;
  const tests = parts.map(parsePart);
  return (shape) => tests.some((test) => test(shape));
}

function parsePart(part: string): ShapeTest {
  const rank = /^(>=|<=|>|<|=)?(\d{1,3})d$/.exec(part);
  if (rank !== null) return rankTest(rank[1] ?? '=', Number(rank[2]));
  const sizes = part.split(/[x×]/);
  if (!sizes.every((size) => size === '*' || /^\d{1,16}$/.test(size))) {
    throw new EngineError('invalid-filter', `“${part}” is not a shape.`, help);
  }
  const wanted = sizes.map((size) => (size === '*' ? undefined : Number(size)));
  return (shape) =>
    shape.length === wanted.length &&
    wanted.every((size, at) => size === undefined || size === shape[at]);
}

function rankTest(operator: string, rank: number): ShapeTest {
  switch (operator) {
    case '>=':
      return (shape) => shape.length >= rank;
    case '<=':
      return (shape) => shape.length <= rank;
    case '>':
      return (shape) => shape.length > rank;
    case '<':
      return (shape) => shape.length < rank;
    default:
      return (shape) => shape.length === rank;
  }
}
