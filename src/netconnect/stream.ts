/** What a connection needs of the thing it reads from and writes to. A TCP socket is one; whatever carries the same frames can be another. */
export interface ClientStream {
  /** Bytes that were written and that the other side, or the kernel, has not taken. */
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(bytes: Uint8Array): unknown;
  cork(): void;
  uncork(): void;
  pause(): unknown;
  resume(): unknown;
  /** Ends the writing side after what was written. */
  end(): unknown;
  /** Ends both sides now; what was not sent is lost. */
  destroy(): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
