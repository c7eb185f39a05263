/** The book of leases across a link: `serveLeases` in dbfront, `remoteLeases` in every other node, `ownLeases` in dbfront itself. */
import type { LeaseBook } from '../../dbentrust/leases/leasebook';
import type { LeaseAnswer, LeasePort } from '../../dbentrust/leases/leaseport';
import type { Child } from '../../distributed/child';
import type { RemoteObject } from '../../distributed/node';
import type { PBRoot } from '../../distributed/root';
import { PeerDown } from '../../errors';
import type { Leases } from './leases';

const LEASE = {
  /** node to dbfront, answered: `(session, [[name, token]])` */
  assert: 'firefly.lease.assert',
  /** node to dbfront, answered: `(session)` */
  renew: 'firefly.lease.renew',
  /** node to dbfront, answered, after `waitMs` at the latest: `(session, name, waitMs, ask)` */
  grant: 'firefly.lease.grant',
  /** node to dbfront, answered: `(session, name, token | null)` */
  release: 'firefly.lease.release',
  /** dbfront to node: `(name, token, by)`; another node waits for it */
  wanted: 'firefly.lease.wanted',
} as const;

/** Answers the nodes that link to dbfront. */
export function serveLeases(root: PBRoot, book: LeaseBook): void {
  const answers: Record<string, (child: Child, ...args: never[]) => unknown> = {
    [LEASE.assert]: (child, session: string, held: [string, number][]) => book.assert(child.name, session, held),
    [LEASE.renew]: (child, session: string) => book.renew(child.name, session),
    [LEASE.grant]: (child, session: string, name: string, waitMs: number, ask: boolean) =>
      book.grant(child.name, session, String(name), waitMs, ask),
    [LEASE.release]: (child, session: string, name: string, token: number | null) => book.release(child.name, session, name, token),
  };
  for (const [name, answer] of Object.entries(answers)) root.internal.mapTarget(answer, name);
  root.watch({
    lost: ({ name }) => {
      // A process that was replaced ends after its successor has linked.
      if (!root.childsmanager.getChildByName(name)) book.gone(name);
    },
  });
  const local = book.wanted;
  book.wanted = (node, name, token, by) => {
    const child = root.childsmanager.getChildByName(node);
    try {
      if (child) child.notify(LEASE.wanted, [name, token, by]);
      else local(node, name, token, by);
    } catch (error) {
      if (!(error instanceof PeerDown)) throw error;
    }
  };
}

/** The leases of a node that links to dbfront. @param rpcMs how long an answer may take beside the wait it includes */
export function remoteLeases(leases: Leases, remote: RemoteObject, rpcMs: number): void {
  const port: LeasePort = {
    assert: (session, held) => remote.call(LEASE.assert, [session, held]) as Promise<string[]>,
    renew: (session) => remote.call(LEASE.renew, [session]) as Promise<boolean>,
    grant: (session, name, waitMs, ask) =>
      remote.call(LEASE.grant, [session, name, waitMs, ask], { timeoutMs: waitMs + rpcMs }) as Promise<LeaseAnswer>,
    release: async (session, name, token) => void (await remote.call(LEASE.release, [session, name, token])),
  };
  remote.internal.mapTarget((name: string, token: number, by: string) => void leases.asked(name, token, by), LEASE.wanted);
  remote.onUp(() => leases.linked(port));
  remote.onDown(() => leases.unlinked());
}

/** The leases of dbfront itself. */
export function ownLeases(leases: Leases, book: LeaseBook, node: string): void {
  const elsewhere = book.wanted;
  book.wanted = (holder, name, token, by) => {
    if (holder === node) void leases.asked(name, token, by);
    else elsewhere(holder, name, token, by);
  };
  leases.linked({
    assert: async (session, held) => book.assert(node, session, held),
    renew: async (session) => book.renew(node, session),
    grant: (session, name, waitMs, ask) => book.grant(node, session, name, waitMs, ask),
    release: async (session, name, token) => book.release(node, session, name, token),
  });
}
