import { beforeEach, describe, expect, it } from 'vitest';
import { allCommands, type Command, runCommand, useCommandStore } from './commands';

const command = (id: string, title: string, run = () => {}): Command => ({
  id,
  title,
  group: 'View',
  run,
});

describe('commands', () => {
  beforeEach(() => useCommandStore.setState({ byOwner: new Map() }));

  it('lets what came later replace a command of the same id', () => {
    const byOwner = new Map([
      [Symbol('app'), [command('find', 'Find'), command('keys', 'Keys')]],
      [Symbol('screen'), [command('find', 'Filter the models')]],
    ]);
    const titles = allCommands(byOwner).map(({ title }) => title);
    expect(titles).toEqual(['Filter the models', 'Keys']);
  });

  it('runs a command by its id and tells whether there was one', () => {
    let ran = 0;
    const run = () => {
      ran += 1;
    };
    useCommandStore.setState({ byOwner: new Map([[Symbol('a'), [command('find', 'Find', run)]]]) });
    expect(runCommand('find')).toBe(true);
    expect(runCommand('export-manifest')).toBe(false);
    expect(ran).toBe(1);
  });
});
