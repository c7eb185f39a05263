/** What net nodes and roots say to each other about sessions. */
export const SESSION = {
  /** root to net: `(dynamicId, version, data | null, end?)`; answered, so that a root knows that a record is forgotten. `end` closes the connection */
  set: 'firefly.session.set',
  /** net to root: `(states, begins, ends, newest?)`; all records, in batches, or some; and a version that the root's next ones must be above */
  restore: 'firefly.session.restore',
  /** net to root, answered: `(dynamicId, data)`; the connection ended */
  closed: 'firefly.session.closed',
  /** net to root, answered: `(dynamicId)`; the connection goes on with another root, which gets the record */
  leave: 'firefly.session.leave',
} as const;

/** A record as it crosses the link. */
export interface SessionState {
  readonly dynamicId: number;
  readonly version: number;
  readonly data: unknown;
}

/** How a root ends a session whose client did not ask for it. */
export interface SessionEnd {
  /** For the log of the net node. */
  readonly reason: string;
  /** What the client gets before its connection is closed; nothing when left out. */
  readonly push?: { readonly topic: number; readonly message: string | Buffer };
}
