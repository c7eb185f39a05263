/** A client as the game sees it: what handlers and hooks get. `ClientConnection` is what stands behind it. */

/** What net keeps of a session beside its connection; gate writes it, the highest version is the newest. */
export interface SessionRecord {
  readonly version: number;
  readonly data: unknown;
}

/** A client's connection, as handlers see it. */
export interface Connection {
  /** The dynamicId: unique in the cluster, never used again (Firefly's `transport.sessionno`). */
  readonly id: number;
  readonly address: string;
  session: SessionRecord | undefined;
  /** Name of the root that its session is kept by: the one that was chosen for it, or that wrote a record first. */
  root: string | undefined;
  /** False from the moment it is being closed, by either side. */
  readonly isOpen: boolean;
  /** Closes it after what was sent before has left; nothing it sends from now on is looked at. @param reason for the log */
  loseConnection(reason?: string): void;
  /** Sends one frame; `null` and `undefined` send nothing, other values go as a handler's result would. Never throws, never waits. */
  safeToWriteData(topic: number, message: unknown): void;
}
