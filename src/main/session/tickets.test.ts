import { describe, expect, it } from 'vitest';
import type { PathTicket } from '../../shared/base';
import { requests } from '../../shared/ipc';
import { createTickets } from './tickets';

describe('createTickets', () => {
  it('gives one ticket per path and the path back for it', () => {
    const tickets = createTickets();
    const a = tickets.mint('/data/a');
    expect(tickets.mint('/data/a')).toBe(a);
    expect(tickets.mint('/data/b')).not.toBe(a);
    expect(tickets.resolve(a)).toBe('/data/a');
  });

  it('mints tickets that the contract accepts and that say nothing of the path', () => {
    const ticket = createTickets().mint('/data/secret');
    expect(requests['home.forgetRecent'].params.safeParse({ ticket }).success).toBe(true);
    expect(ticket).not.toBe(createTickets().mint('/data/secret'));
  });

  it('knows no ticket that it did not mint', () => {
    const tickets = createTickets();
    tickets.mint('/data/a');
    for (const bogus of ['0'.repeat(32), '/data/a', '__proto__', 'constructor']) {
      expect(tickets.resolve(bogus as PathTicket)).toBeUndefined();
    }
  });
});
