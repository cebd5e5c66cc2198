import { randomBytes } from 'node:crypto';
import type { PathTicket } from '../../shared/base';

/** Opaque stand-ins for the paths that the person chose; only this process knows which is which. */
export interface Tickets {
  /** The same ticket for the same path, for as long as the process runs. */
  mint(path: string): PathTicket;
  /** Undefined for a ticket that was never minted here. */
  resolve(ticket: PathTicket): string | undefined;
}

export function createTickets(): Tickets {
  const byPath = new Map<string, PathTicket>();
  const byTicket = new Map<PathTicket, string>();
  return {
    mint: (path) => {
      const known = byPath.get(path);
      if (known !== undefined) return known;
      const ticket = randomBytes(16).toString('hex') as PathTicket;
      byPath.set(path, ticket);
      byTicket.set(ticket, path);
      return ticket;
    },
    resolve: (ticket) => byTicket.get(ticket),
  };
}
