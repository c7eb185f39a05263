/** The yardsticks' way to write: all of one event-loop turn in one buffer and one write. */
import type { Socket } from 'node:net';

const ROOM = 65_536;

export class TurnWriter {
  buffer = Buffer.allocUnsafe(ROOM);
  readonly #socket: Socket;
  #used = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Makes room for `size` bytes in `buffer`. @returns where they begin; they leave at the end of the turn */
  take(size: number): number {
    if (this.#used + size > this.buffer.length) this.#send(Math.max(size, ROOM));
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#flush);
    }
    const at = this.#used;
    this.#used += size;
    return at;
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.#send(ROOM);
  };

  #send(nextSize: number): void {
    if (this.#used > 0) this.#socket.write(this.buffer.subarray(0, this.#used));
    this.buffer = Buffer.allocUnsafe(nextSize);
    this.#used = 0;
  }
}

/** Calls `onFrame` for each whole frame that a socket brings. @param sizeOf the frame's whole length, from its first `head` bytes */
export function eachFrame(
  socket: Socket,
  head: number,
  sizeOf: (data: Buffer, at: number) => number,
  onFrame: (data: Buffer, at: number, size: number) => void,
): void {
  let rest: Buffer | undefined;
  // A load that ends closes its connections in whatever way it likes.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const data = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (data.length - at >= head) {
      const size = sizeOf(data, at);
      if (data.length - at < size) break;
      onFrame(data, at, size);
      at += size;
    }
    rest = at < data.length ? data.subarray(at) : undefined;
  });
}
