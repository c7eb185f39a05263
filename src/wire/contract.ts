/** What a link and its owner agree on. */
import type { Limits } from '../config/config';
import type { Logger } from '../log/log';
import type { Tracing } from '../log/trace';
import type { CallBatches } from '../metrics/callbatches';
import type { HandlerSlot } from '../metrics/handlers';
import type { Metrics } from '../metrics/metrics';
import type { LinkKey } from './request';

/** How a link may end, in the order of the numbers in a `bye` frame. */
export const CODES = ['closed', 'lost', 'dead', 'malformed', 'replaced', 'overload'] as const;

export interface LinkHandlers {
  /** Runs a call; may return a promise. What it throws or rejects with is the caller's error. */
  dispatch(target: LinkKey, args: unknown[]): unknown;
  /** Where calls of a target are counted; nothing when they are not. Asked at the first call. */
  slotOf?(target: LinkKey): HandlerSlot | undefined;
  /** The link has ended. Called exactly once, after every pending call was rejected. */
  closed(reason: LinkClosed): void;
}

/** `closed`: one side said goodbye. `lost`: the stream ended. `dead`: the peer fell silent. `overload`: the peer does not read its replies. */
export interface LinkClosed {
  readonly code: (typeof CODES)[number];
  readonly message: string;
  readonly error?: Error;
}

export interface CallOptions {
  /** Instead of the limit `rpcDeadlineMs`; finite. */
  readonly timeoutMs?: number;
  /**
   * For the framework: sent again by the caller for as long as its deadline allows. While the peer is restarted it is held until then, before held ones with a
   * higher number.
   */
  readonly patient?: number | undefined;
}

export interface LinkOptions {
  /** The other side, for messages. */
  readonly peer: string;
  readonly limits: Limits;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  /** Counts the handlers that it runs. */
  readonly calls?: CallBatches | undefined;
  readonly handlers: LinkHandlers;
  /** Runs what a peer asks for within a traced request; without it traces end here. */
  readonly tracing?: Tracing | undefined;
  /** What the handshake read beyond its last frame. */
  readonly readAhead?: Buffer;
}
