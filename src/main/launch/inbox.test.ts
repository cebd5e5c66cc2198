import { describe, expect, it } from 'vitest';
import { createInbox } from './inbox';

describe('createInbox', () => {
  it('keeps what comes early and passes on what comes later, each once', () => {
    const inbox = createInbox();
    const seen: (readonly string[])[] = [];
    inbox.push(['/a']);
    inbox.push(['/b', '/c']);
    inbox.drain((paths) => seen.push(paths));
    inbox.push([]);
    inbox.push(['/d']);
    expect(seen).toEqual([['/a', '/b', '/c'], [], ['/d']]);
  });

  it('does not hand on what was taken before', () => {
    const inbox = createInbox();
    inbox.push(['/a']);
    expect(inbox.take()).toEqual(['/a']);
    const seen: (readonly string[])[] = [];
    inbox.drain((paths) => seen.push(paths));
    expect(seen).toEqual([]);
  });
});
