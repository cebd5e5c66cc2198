import { visibleText } from '../../lib/hostile-text';

/** A name as one short line for an axis: its start and its end, which tell models apart. */
export function clipLabel(name: string, characters: number): string {
  const points = [...visibleText(name.slice(0, 400))];
  const whole = name.length <= 400 && points.length <= characters;
  if (whole) return points.join('');
  const end = name.length <= 400 ? points : [...visibleText(name.slice(-400))];
  const head = Math.ceil((characters - 1) / 2);
  const tail = characters - 1 - head;
  return `${points.slice(0, head).join('')}…${end.slice(end.length - tail).join('')}`;
}
