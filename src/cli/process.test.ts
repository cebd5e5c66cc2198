import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built command line, as a process of its own. */
const entry = path.resolve(import.meta.dirname, '../../out/main/cli.js');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    child,
    out: text(child.stdout).catch(() => ''),
    err: text(child.stderr),
    code: exitCode(child),
  };
}

const exitCode = (child: ChildProcess) =>
  new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });

describe('the command line as a process', () => {
  it('writes samples, scans them, and ends by itself with nothing on stderr', async () => {
    const family = path.join(folder, 'family');
    const samples = start(['samples', family, '--size', '8MB']);
    expect([await samples.code, await samples.err]).toEqual([0, '']);
    const scan = start(['scan', family, '--json', '--no-cache']);
    expect([await scan.code, await scan.err]).toEqual([0, '']);
    expect((JSON.parse(await scan.out) as { models: unknown[] }).models).toHaveLength(8);
  });

  it('is quiet when the reader of its output goes away', async () => {
    const { child, err, code } = start([
      ...['manifest', 'export', path.join(folder, 'family/nova-checkpoint-2000.safetensors')],
      ...['-o', '-', '--no-cache'],
    ]);
    child.stdout?.destroy();
    expect([await code, await err]).toEqual([0, '']);
  });

  it('ends with its exit code where the arguments are wrong', async () => {
    const { code, out } = start(['scan']);
    expect([await code, await out]).toEqual([2, '']);
  });

  it.skipIf(process.platform === 'win32')(
    'stops soon after Ctrl+C, and leaves no half file',
    async () => {
      const target = path.join(folder, 'large');
      const { child, code, out, err } = start(['samples', target, '--size', '20GB']);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const asked = performance.now();
      child.kill('SIGINT');
      expect([await code, await out, await err]).toEqual([130, '', 'Interrupted.\n']);
      expect(performance.now() - asked).toBeLessThan(3000);
      const names = await readdir(target, { recursive: true });
      expect(names.filter((name) => path.basename(name).startsWith('.'))).toEqual([]);
    },
  );
});
