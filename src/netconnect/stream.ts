/** Why the server ends a stream, by the numbers of RFC 6455 (7.4.1). A WebSocket client is told, TCP has no word for it. */
export const Goodbye = {
  done: 1000,
  /** The node stops; the client may come back. */
  leaving: 1001,
  badFrame: 1002,
  textMessage: 1003,
  /** The client came to a limit. */
  limit: 1008,
  tooLarge: 1009,
} as const;

export type GoodbyeCode = (typeof Goodbye)[keyof typeof Goodbye];

/** What a connection needs of the thing it reads from and writes to. A TCP socket is one; whatever carries the same frames can be another. */
export interface ClientStream {
  /** Each chunk holds whole frames: one that ends inside a frame is a mistake of the client. */
  readonly wholeFrames?: true;
  /** Bytes that were written and that the other side, or the kernel, has not taken. */
  readonly writableLength: number;
  readonly destroyed: boolean;
  /** Sends whole frames. */
  write(bytes: Uint8Array): unknown;
  cork(): void;
  uncork(): void;
  pause(): unknown;
  resume(): unknown;
  /** What the client is told when the stream ends; the first word counts. */
  goodbye?(code: GoodbyeCode, reason: string): void;
  /** Ends the writing side after what was written. */
  end(): unknown;
  /** Ends both sides now; what was not sent is lost. */
  destroy(): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  /** A `BadFrame` or a `TooLarge` is the client's mistake and closes its connection; anything else is told by `close`. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}
