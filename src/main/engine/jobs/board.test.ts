import { describe, expect, it } from 'vitest';
import { JobBoard } from './board';

function boardAt(start = 0) {
  const clock = { now: start };
  const board = new JobBoard(
    () => {},
    () => clock.now,
  );
  return { board, clock };
}

describe('JobBoard', () => {
  it('averages the rate over the last seconds and derives the remaining time', () => {
    const { board, clock } = boardAt();
    const job = board.create('fingerprint', 'x', 'bytes');
    for (let second = 0; second <= 10; second++) {
      clock.now = second * 1000;
      job.update({ done: second * 50, total: 1000 });
    }
    expect(board.list()[0]).toMatchObject({ rate: 50, remaining: 10, done: 500 });
  });

  it('pauses, resumes and then cancels: the signal is aborted and the pause lifted', () => {
    const { board } = boardAt();
    const job = board.create('fingerprint', 'x', 'bytes');
    const pauses: boolean[] = [];
    job.onPause = (paused) => pauses.push(paused);
    board.pause(job.id, true);
    expect(board.list()[0]?.state).toBe('paused');
    board.cancel(job.id);
    expect(pauses).toEqual([true, false]);
    expect(job.signal.aborted).toBe(true);
  });

  it('holds work at its checkpoint while paused, and lets it go when resumed or cancelled', async () => {
    const { board } = boardAt();
    const job = board.create('scan', 'x', 'files');
    const passed: string[] = [];
    const pass = async (name: string): Promise<void> => {
      await job.checkpoint();
      passed.push(name);
    };
    await pass('running');
    for (const end of ['resume', 'cancel'] as const) {
      board.pause(job.id, true);
      const waiting = pass(end);
      await Promise.resolve();
      expect(passed).not.toContain(end);
      if (end === 'resume') board.pause(job.id, false);
      else board.cancel(job.id);
      await waiting;
      expect(passed).toContain(end);
    }
  });

  it('is idle only when nothing runs, and keeps a finished job as it ended', async () => {
    const { board } = boardAt();
    const job = board.create('scan', 'x', 'files');
    let idle = false;
    const waiting = board.idle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    expect(idle).toBe(false);
    job.finish('failed', 'why');
    job.update({ done: 5 });
    job.finish('done');
    await waiting;
    expect(board.list()[0]).toMatchObject({ state: 'failed', message: 'why', done: 0 });
    board.clearFinished();
    expect(board.list()).toEqual([]);
  });

  it('keeps the last fifty finished jobs', () => {
    const { board } = boardAt();
    for (let i = 0; i < 60; i++) board.create('scan', `${i}`, 'files').finish('done');
    expect(board.list()).toHaveLength(50);
    expect(board.list()[0]?.title).toBe('10');
  });
});
