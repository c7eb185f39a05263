/** What a node needs of the book of leases, and what the book needs of a store. Contracts only. */

/** Characters of a lease's name. */
export const MAX_NAME = 200;

/** Given, with the token of this tenure; or held by another node. `heldBy` null: the book cannot say yet. */
export type LeaseAnswer = { readonly token: number } | { readonly heldBy: string | null };

/** The book, for one node. A session is a name that the node makes up; a node has one at a time. */
export interface LeasePort {
  /** Says all that this node holds, before anything else in a session or on a link. @returns what of it belongs to somebody else */
  assert(session: string, held: readonly (readonly [name: string, token: number])[]): Promise<string[]>;
  /** Holds everything for another while. @returns false when the book does not know the session */
  renew(session: string): Promise<boolean>;
  grant(session: string, name: string, waitMs: number, ask: boolean): Promise<LeaseAnswer>;
  /** @param token null for whatever the session holds under that name */
  release(session: string, name: string, token: number | null): Promise<void>;
}

/** What outlives the process of the book. */
export interface LeaseMemory {
  /** Takes `count` tokens, for ever. @returns the first, which is above all that were taken before */
  tokens(count: number): Promise<number>;
  /** Nodes that may hold leases. */
  holders(): Promise<string[]>;
  addHolder(node: string): Promise<void>;
  /** Replaces the list of holders. */
  keepHolders(nodes: readonly string[]): Promise<void>;
}
